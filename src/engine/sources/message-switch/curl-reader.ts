import { DiagnosticError } from '@shared/errors'
import type { Transport } from '../../transports/transport'
import { maxAnswer, type SwitchReader } from './reader'
import { requestUrl, type SwitchPath } from './requests'

/** curl's exit code when the server closed without an answer, or the socket could not be connected to. */
const gone: ReadonlySet<number | null> = new Set([7, 52, 56])
/** Milliseconds that an answer may take beyond what was asked to be waited for. */
const grace = 15_000

/** curl on the host, once for each request: where the host does not forward its sockets. */
export class CurlReader implements SwitchReader {
  readonly how = 'curl on the host'
  readonly pipelines = false
  readonly #transport: Transport
  readonly #socket: string

  constructor(transport: Transport, socket: string) {
    this.#transport = transport
    this.#socket = socket
  }

  async get(path: SwitchPath, signal: AbortSignal): Promise<Uint8Array> {
    const wait = Number(path.split('/')[3] ?? 0) * 1_000
    const { exit, stdout, stderr } = await this.#transport.exec(
      ['curl', '--silent', '--show-error', '--fail', '--unix-socket', this.#socket, requestUrl(path)],
      { signal, deadline: wait + grace, maxBytes: maxAnswer },
    )
    if (exit.code === 0) return stdout
    const said = Buffer.from(stderr).toString().trim()
    throw new DiagnosticError(
      gone.has(exit.code) ? 'connection-lost' : 'bad-data',
      `curl could not read message-switch: ${said === '' ? `it ended with ${exit.code ?? exit.signal}` : said}`,
      { where: this.#socket },
    )
  }

  close(): void {
    // Each request is over when it is answered.
  }
}
