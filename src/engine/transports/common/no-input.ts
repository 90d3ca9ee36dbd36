import { Writable } from 'node:stream'
import { failure, type Subject } from './failures'

/** The input of a command that was started without one: writing to it fails with `bad-request`. */
export function noInput(subject: Subject): Writable {
  const input = new Writable({
    write: (_chunk, _encoding, done) =>
      done(failure('bad-request', `${subject.doing}: it was started without input.`, subject)),
  })
  return input.on('error', () => undefined)
}
