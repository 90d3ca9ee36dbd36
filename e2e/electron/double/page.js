/** Runs in the page's own world before its scripts: defines what the preload exposes. */
;(() => {
  const name = '%BRIDGE%'
  const functions = []
  const cross = (kind, detail) => dispatchEvent(new CustomEvent(`${name}:${kind}`, { detail }))
  addEventListener(`${name}:expose`, ({ detail: { key, methods } }) => {
    if (Object.hasOwn(globalThis, key)) return
    const api = {}
    for (const method of methods) {
      api[method] = (...args) => {
        const given = args.map((arg) =>
          typeof arg === 'function' ? { fn: functions.push(arg) - 1 } : { value: structuredClone(arg) },
        )
        cross('call', { key, method, args: given })
      }
    }
    Object.defineProperty(globalThis, key, { value: Object.freeze(api), enumerable: true })
  })
  addEventListener(`${name}:invoke`, ({ detail: { fn, args } }) => void functions[fn]?.(...args))
  cross('ready', null)
})()
