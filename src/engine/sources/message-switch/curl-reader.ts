import { DiagnosticError } from '@shared/errors'
import type { Transport } from '../../transports/transport'
import { answerGrace, maxAnswer, type SwitchReader } from './reader'
import { requestUrl, waitOf, type SwitchPath } from './requests'

/** curl's exit code when the server closed without an answer, or the socket could not be connected to. */
const gone: ReadonlySet<number | null> = new Set([7, 52, 56])
/** Neither a file of settings nor a proxy of the environment has a say. */
const own = ['--disable', '--noproxy', '*', '--silent', '--show-error', '--fail']

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
    const { exit, stdout, stderr } = await this.#transport.exec(
      ['curl', ...own, '--unix-socket', this.#socket, requestUrl(path)],
      { signal, deadline: waitOf(path) + answerGrace, maxBytes: maxAnswer },
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
