import { fromByteString, toByteString } from '@engine/formats/message-switch'
import { RequestReader, type HttpRequest } from './http-request'
import type { Answer, MessageSwitch } from './message-switch'
import { parseOperation, UnreadableRequest } from './operation'
import { requestUri } from './request-uri'

export interface ConnectionOutput {
  /** In blocks as the switch writes them: 4096 bytes, which may cut a character. */
  write(block: Uint8Array): void
  /** Nothing follows. */
  end(): void
}

const blockSize = 4096
const reasons = { 200: 'OK', 404: 'Not Found', 500: 'Internal Server Error' } as const

/** One client of a switch: HTTP/1.1 with one header in each answer, requests answered in order. */
export class SwitchConnection {
  readonly #id: number
  readonly #switch: MessageSwitch
  readonly #output: ConnectionOutput
  readonly #reader = new RequestReader()
  #busy = false
  #inputEnded = false
  #ended = false

  constructor(id: number, messageSwitch: MessageSwitch, output: ConnectionOutput) {
    this.#id = id
    this.#switch = messageSwitch
    this.#output = output
  }

  receive(bytes: Uint8Array): void {
    this.#reader.push(toByteString(bytes))
    this.#proceed()
  }

  /** The client sends no more. While a request is parked the switch does not notice. */
  inputEnd(): void {
    this.#inputEnded = true
    this.#proceed()
  }

  #proceed(): void {
    while (!this.#busy && !this.#ended) {
      const request = this.#reader.next()
      if (request === 'malformed' || (request === null && this.#inputEnded)) this.#end()
      if (request === 'malformed' || request === null) return
      this.#serve(request)
    }
  }

  #serve(request: HttpRequest): void {
    this.#busy = true
    let synchronous = true
    this.#perform(request, (answer) => {
      this.#busy = false
      this.#write(answer)
      if (request.version === '1.0' || request.headers.get('connection') === 'close') this.#end()
      // Otherwise the loop that called goes on by itself.
      if (!synchronous) this.#proceed()
    })
    synchronous = false
  }

  #perform(request: HttpRequest, answer: (answer: Answer) => void): void {
    const uri = requestUri(request.resource, request.headers.get('host'))
    try {
      const operation = parseOperation(request.method, uri.segments, request.body)
      if (operation === null) answer({ status: 404, body: `Not found: ${uri.text}` })
      else this.#switch.perform(this.#id, operation, answer)
    } catch (error) {
      if (!(error instanceof UnreadableRequest)) throw error
      answer({ status: 500, body: 'Error: Internal Server Error' })
    }
  }

  #write({ status, body }: Answer): void {
    const head = `HTTP/1.1 ${status} ${reasons[status]}\r\ncontent-length: ${body.length}\r\n\r\n`
    const bytes = fromByteString(head + body)
    for (let at = 0; at < bytes.length; at += blockSize)
      this.#output.write(bytes.subarray(at, at + blockSize))
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#output.end()
    this.#switch.disconnect(this.#id)
  }
}
