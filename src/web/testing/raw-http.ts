import { connect } from 'node:net'

export interface RawAnswer {
  /** 0 when the connection ended without an answer. */
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Header fields exactly as given, in order, twice if given twice. */
export type Fields = readonly (readonly [name: string, value: string])[]

/** The bytes of a request. */
export function rawRequest(
  method: string,
  target: string,
  fields: Fields,
  body = '',
  version = '1.1',
): string {
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${method} ${target} HTTP/${version}\r\n${head}\r\n${body}`
}

/** Sends bytes to 127.0.0.1 and reads one answer, up to its Content-Length, the upgrade or the end. */
export function exchange(port: number, bytes: string | Buffer, deadline = 20_000): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    const isHead = bytes.toString('latin1').startsWith('HEAD ')
    let received = ''
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`no whole answer within ${deadline} ms, only: ${received.slice(0, 200)}`))
    }, deadline)
    const finish = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(parseAnswer(received))
    }
    socket.setEncoding('latin1')
    socket.on('connect', () => socket.write(bytes))
    socket.on('data', (text: string) => {
      received += text
      if (isWhole(received, isHead)) finish()
    })
    socket.on('error', finish)
    socket.on('end', finish)
  })
}

function parseAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, body: rest.join('\r\n\r\n') }
}

function isWhole(text: string, isHead: boolean): boolean {
  if (!text.includes('\r\n\r\n')) return false
  const { status, headers, body } = parseAnswer(text)
  if (status === 101 || status === 304 || isHead) return true
  const length = headers.get('content-length')
  return length !== undefined && body.length >= Number(length)
}
