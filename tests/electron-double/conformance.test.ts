import { describe, expect, it } from 'vitest'
import { runOnDouble } from './programs'

/**
 * What the test double of Electron promises to do as Electron does, by Electron's documentation. What it cannot show is
 * listed in docs/desktop.md.
 */

const head = `import * as electron from 'electron'
const { app, utilityProcess, MessageChannelMain, ipcMain, protocol, session } = electron
const say = (...words) => console.log(words.join(' '))
app.setPath('userData', process.argv[3])\n`
const fork = `const child = utilityProcess.fork(process.argv[2], [], { serviceName: 'x', stdio: ['ignore', 'inherit', 'inherit'] })\n`

describe('the double of Electron', () => {
  it('throws for what it does not have, and has no module of that name', async () => {
    const { lines } = await runOnDouble(`${head}
      for (const use of [() => app.getLocale(), () => ipcMain.handle, () => session.fromPartition, () => new MessageChannelMain().port1.postMessage(1, [{}]),
        () => app.getPath('music'), () => utilityProcess.fork('x', [], { serviceName: 'x', stdio: ['pipe'] })])
        try { use(); say('worked') } catch (error) { say(error.message.slice(0, 27)) }
      app.exit(0)`)
    expect(lines.filter((line) => line === 'worked')).toEqual([])
    expect(lines).toHaveLength(6)
    const { code, errors } = await runOnDouble(`import { webFrameMain } from 'electron'`)
    expect(code).toBe(1)
    expect(errors).toContain('webFrameMain')
  })

  it('is ready after the main module ran, not before; schemes are registered before that only', async () => {
    const { lines } = await runOnDouble(`${head}
      say('module', app.isReady())
      protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true } }])
      await Promise.resolve()
      say('microtask', app.isReady())
      await app.whenReady()
      try { protocol.registerSchemesAsPrivileged([]) } catch (error) { say(error.message) }
      app.quit()`)
    expect(lines).toEqual([
      'module false',
      'microtask false',
      'protocol.registerSchemesAsPrivileged should be called before app is ready',
    ])
  })

  it('quits in order, and not when before-quit is prevented', async () => {
    const { lines, code } = await runOnDouble(`${head}
      let first = true
      app.on('before-quit', (event) => { say('before-quit'); if (first) event.preventDefault(); first = false })
      app.on('will-quit', () => say('will-quit'))
      app.on('quit', () => say('quit'))
      await app.whenReady()
      app.quit(); say('goes on'); app.quit()`)
    expect(lines).toEqual(['before-quit', 'goes on', 'before-quit', 'will-quit', 'quit'])
    expect(code).toBe(0)
  })

  it('sends messages to a utility process and back as clones, and refuses what cannot be cloned', async () => {
    const { lines } = await runOnDouble(
      `${head}await app.whenReady()\n${fork}
      child.on('message', (message) => { say(JSON.stringify(message), message.bytes instanceof Uint8Array); child.kill() })
      child.on('exit', (code) => { say('exit', code > 0); app.quit() })
      try { child.postMessage(() => 1) } catch (error) { say(error.name) }
      child.postMessage({ a: 1, bytes: new Uint8Array([1, 2]) })`,
      `process.parentPort.on('message', ({ data }) => process.parentPort.postMessage({ ...data, b: 2 }))`,
    )
    expect(lines).toEqual(['DataCloneError', '{"a":1,"bytes":{"0":1,"1":2},"b":2} true', 'exit true'])
  })

  it('moves a port to a utility process: order is kept, messages wait for start, the old end is void', async () => {
    const { lines } = await runOnDouble(
      `${head}await app.whenReady()\n${fork}
      const { port1, port2 } = new MessageChannelMain()
      port2.postMessage(1); port2.postMessage(2)
      child.postMessage('port', [port1])
      port2.postMessage(3)
      try { child.postMessage('again', [port1]) } catch (error) { say(error.message) }
      const got = []
      port2.on('message', ({ data }) => { got.push(data); if (got.length === 4) { say(got.join()); port2.close() } })
      setTimeout(() => { say('before start', got.length); port2.start() }, 700)
      child.on('exit', (code) => { say('exit', code); app.quit() })`,
      `process.parentPort.on('message', ({ ports: [port] }) => {
        port.on('message', ({ data }) => { port.postMessage(data * 10); if (data === 3) port.postMessage('last') })
        port.on('close', () => process.exit(7))
        port.start()
      })`,
    )
    expect(lines).toEqual([
      'Port at index 0 is already neutered',
      'before start 0',
      '10,20,30,last',
      'exit 7',
    ])
  })

  it('closes the ports of a process that died, and those that are sent to it later', async () => {
    const { lines } = await runOnDouble(
      `${head}await app.whenReady()\n${fork}
      const [one, two] = [new MessageChannelMain(), new MessageChannelMain()]
      one.port2.on('close', () => say('close one')); one.port2.start()
      two.port2.on('close', () => { say('close two'); app.quit() }); two.port2.start()
      child.on('spawn', () => { say('pid', child.pid > 0); child.postMessage('x', [one.port1]) })
      child.on('exit', () => { say('pid', child.pid); setTimeout(() => child.postMessage('y', [two.port1]), 100) })`,
      `process.parentPort.on('message', () => process.kill(process.pid, 'SIGKILL'))`,
    )
    expect(lines[0]).toBe('pid true')
    expect(lines.slice(1, 3).sort()).toEqual(['close one', expect.stringMatching(/^pid \d+$/)])
    expect(lines.at(-1)).toBe('close two')
  })

  it('has one instance for each folder of data, and gives the second one’s data to the first', async () => {
    const { lines } = await runOnDouble(`${head}
      import { spawn } from 'node:child_process'
      if (process.env.SECOND) { say('second', app.requestSingleInstanceLock({ n: 7 })); app.quit() }
      else {
        say('first', app.requestSingleInstanceLock({}))
        app.on('second-instance', (event, argv, directory, data) => { say('data', data.n, argv.length > 1); app.quit() })
        await app.whenReady()
        spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], { env: { ...process.env, SECOND: '1', NODE_CHANNEL_FD: '' }, stdio: ['ignore', 'inherit', 'inherit'] })
      }`)
    expect(lines.sort()).toEqual(['data 7 true', 'first true', 'second false'])
  })
})
