import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { onAbort } from '../../common/abort'
import { errorOf } from '../failures'

/** In the thread: plain JavaScript, because it must run the same from the sources and from the bundle. */
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const { module, passphrase, salt, rounds, length } = workerData
const { pbkdf } = require(module)
const derived = Buffer.alloc(length)
const failed = pbkdf(passphrase, passphrase.length, salt, salt.length, derived, length, rounds)
parentPort.postMessage(failed === 0 ? derived : null)
`

/**
 * bcrypt_pbkdf, OpenSSH's way from a passphrase to a key: seconds of pure computing, in a thread of its own.
 * The module is one that ssh2 brings along.
 */
export function deriveWithBcrypt(
  passphrase: string,
  salt: Buffer,
  rounds: number,
  length: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const library = createRequire(createRequire(import.meta.url).resolve('ssh2'))
  const workerData = {
    module: library.resolve('bcrypt-pbkdf'),
    passphrase: new TextEncoder().encode(passphrase),
    salt: new Uint8Array(salt),
    rounds,
    length,
  }
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const worker = new Worker(program, { eval: true, workerData, env: {}, execArgv: [] })
    const unlisten = onAbort(signal, () => {
      void worker.terminate()
      reject(errorOf(signal.reason))
    })
    worker.once('message', (derived: unknown) => {
      if (derived instanceof Uint8Array) resolve(Buffer.from(derived))
      else reject(new Error('The key derivation was refused.'))
      void worker.terminate()
    })
    worker.once('error', reject)
    worker.once('exit', () => {
      unlisten()
      reject(new Error('The key derivation ended without a result.'))
    })
  })
}
