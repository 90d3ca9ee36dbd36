/**
 * Runs in the preload's isolated world before it; makes the `electron` that a preload in the sandbox can require.
 * `__double_send` is a binding that only this world has; `__double_receive` is called by the test.
 */
;(() => {
  const name = '%BRIDGE%'
  const send = globalThis.__double_send
  const listeners = new Map()
  const ports = new Map()

  const encode = (value) =>
    JSON.stringify(value, (_, inner) =>
      inner instanceof Uint8Array
        ? { $bytes: btoa(Array.from(inner, (byte) => String.fromCharCode(byte)).join('')) }
        : inner,
    )
  const decode = (text) =>
    JSON.parse(text, (_, inner) =>
      inner !== null && typeof inner === 'object' && typeof inner.$bytes === 'string'
        ? Uint8Array.from(atob(inner.$bytes), (character) => character.charCodeAt(0))
        : inner,
    )
  const tell = (message) => send(encode(message))

  function strict(label, api) {
    return new Proxy(api, {
      get(target, property) {
        if (typeof property === 'symbol' || property in target) return Reflect.get(target, property)
        throw new Error(`The test double of Electron has no ${label}.${property}.`)
      },
    })
  }

  /** A real port. Its `close` event is an addition of Electron's that this Chromium has not. */
  function openPort(id) {
    const { port1, port2 } = new MessageChannel()
    port2.onmessage = ({ data }) => tell({ type: 'port-message', port: id, data })
    ports.set(id, { near: port1, far: port2 })
    port1.close = () => {
      MessagePort.prototype.close.call(port1)
      if (ports.delete(id)) tell({ type: 'port-close', port: id })
    }
    return port1
  }

  globalThis.__double_receive = (text) => {
    const message = decode(text)
    if (message.type === 'send') {
      const event = { ports: (message.ports ?? []).map(openPort) }
      for (const listener of listeners.get(message.channel) ?? []) listener(event, ...message.args)
    } else if (message.type === 'port-message') ports.get(message.port)?.far.postMessage(message.data)
    else {
      const port = ports.get(message.port)
      ports.delete(message.port)
      // After what was sent before it.
      if (port) setTimeout(() => port.near.dispatchEvent(new Event('close')))
    }
  }

  const ipcRenderer = strict('ipcRenderer', {
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
    },
    send(channel, ...args) {
      // Throws as Electron's does for what cannot be cloned.
      tell({ type: 'ipc', channel, args: structuredClone(args) })
    },
  })

  /** Values cross worlds as clones: that is how a CustomEvent's detail is read in another one. */
  const cross = (kind, detail) => dispatchEvent(new CustomEvent(`${name}:${kind}`, { detail }))
  const exposed = new Map()
  const expose = (key) => cross('expose', { key, methods: Object.keys(exposed.get(key)) })
  addEventListener(`${name}:ready`, () => {
    for (const key of exposed.keys()) expose(key)
  })
  addEventListener(`${name}:call`, ({ detail: { key, method, args } }) => {
    const given = args.map((arg) =>
      arg.fn === undefined ? arg.value : (...more) => cross('invoke', { fn: arg.fn, args: more }),
    )
    const result = exposed.get(key)[method](...given)
    if (result !== undefined) throw new Error('The test double of Electron returns nothing over the bridge.')
  })
  const contextBridge = strict('contextBridge', {
    exposeInMainWorld(key, api) {
      for (const [method, value] of Object.entries(api)) {
        if (typeof value !== 'function')
          throw new Error(`The test double of Electron exposes functions only, not ${method}.`)
      }
      exposed.set(key, api)
      expose(key)
    },
  })

  const paths = new Map()
  globalThis.__double_paths = (given) => {
    for (const path of given) paths.set(path.split('/').at(-1), path)
  }
  const webUtils = strict('webUtils', { getPathForFile: (file) => paths.get(file.name) ?? '' })

  globalThis.require = (module) => {
    if (module !== 'electron') throw new Error(`module not found: ${module}`)
    return strict('electron', { contextBridge, ipcRenderer, webUtils })
  }
})()
