import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Transport } from '../../transports/transport'
import { openReader } from './probe'
import { requestBytes, requestUrl, tracePath, type SwitchPath } from './requests'

describe('what leaves for the switch', () => {
  it('is one of two requests', () => {
    expect(requestBytes('/').toString()).toBe('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(requestBytes(tracePath(-1n, 0)).toString()).toContain('GET /trace/-1/0 ')
    expect(requestUrl(tracePath(12n, 20))).toBe('http://localhost/trace/12/20')
  })

  it('is refused when it is anything else, whatever the types say', () => {
    const others = [
      '/shutdown',
      '/transfer',
      '/login/x',
      '/ack/q/1',
      '/destroy/q',
      '/trace',
      '/trace/1',
      '/trace/1/2/3',
      '//',
      '/?x',
      '/trace/1/2\r\nX: y',
      '/trace/0x1/1',
      '/trace/1/1e9',
      '/TRACE/1/1',
      '/trace/-2/1',
      '/trace/1/-1',
      '',
      ' /',
      '/ ',
    ]
    for (const path of others) {
      const isSwitchPath = (text: string): text is SwitchPath => text === path
      if (!isSwitchPath(path)) continue
      expect(() => requestBytes(path)).toThrow('only read')
      expect(() => requestUrl(path)).toThrow('only read')
    }
  })

  it('asks for nothing else when it looks for the switch, also with curl', async () => {
    const sent: string[] = []
    const commands: string[][] = []
    const missing = (): Promise<never> => Promise.reject(new Error('not offered'))
    const transport: Transport = {
      kind: 'ssh',
      label: 'a host',
      openUnix: () => {
        const socket = new PassThrough()
        socket.write = (bytes: Uint8Array | string) => {
          sent.push(bytes.toString())
          setImmediate(() => socket.destroy())
          return true
        }
        return Promise.resolve(socket)
      },
      exec: (command) => {
        commands.push([...command])
        return Promise.resolve({
          exit: { code: 0, signal: null },
          stdout: Buffer.from('{"events":[]}'),
          stderr: new Uint8Array(0),
          dropped: 0,
        })
      },
      spawn: missing,
      openTcp: missing,
      readFile: missing,
      openFile: missing,
      openForReading: missing,
      readDirectory: missing,
      fileSystemUse: missing,
      cost: () => ({ cpuSeconds: null, bytesRead: 0, bytesWritten: 0 }),
      close: () => Promise.resolve(),
    }
    const reader = await openReader(transport, new AbortController().signal)
    expect(reader.how).toBe('curl on the host')
    expect(sent).toEqual(['GET /trace/-1/0 HTTP/1.1\r\nHost: localhost\r\n\r\n'])
    expect(commands.map((command) => command.at(-1))).toEqual(['http://localhost/trace/-1/0'])
  })
})
