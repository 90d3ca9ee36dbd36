import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildChildProgram, type ChildProgram } from '../../../tests/support/child-program'
import { findCanaries } from '../../../tests/support/canaries'
import { toWireError } from '@shared/errors'
import { systemClock } from '../clock'
import { openPassphraseVault } from './passphrase-vault'
import { Secret } from './secret'

const cheap = { N: 16, r: 1, p: 1 }
const passphrase = 'Passphrase/\u00e9 canary+1'
const canary = 'Password/\u00e9"canary'

let folder = ''
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'vault-canaries-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('no secret is ever on the disk in plain text', () => {
  it('whatever is done with the vault', { timeout: 120_000 }, async () => {
    const secrets = fc.string({ minLength: 12, maxLength: 40, unit: 'grapheme-ascii' })
    await fc.assert(
      fc.asyncProperty(secrets, secrets, secrets, secrets, async (one, two, first, second) => {
        await rm(folder, { recursive: true, force: true })
        const all = [one, two, first, second]
        const check = (): void => expect(findCanaries(folder, all)).toEqual([])
        const vault = await openPassphraseVault(folder, systemClock, cheap)
        await vault.set('a', new Secret(one))
        await vault.create(new Secret(first))
        check()
        await vault.set('b', new Secret(two))
        check()
        await vault.changePassphrase(new Secret(first), new Secret(second))
        await vault.delete('a')
        vault.lock()
        await vault.set('c', new Secret(one))
        check()
        await vault.unlock(new Secret(second))
        await vault.close()
        check()
      }),
      { numRuns: 15 },
    )
  })

  it('nor in what a failure says, nor in what the vault shows of itself', async () => {
    const vault = await openPassphraseVault(folder, systemClock, cheap)
    await vault.create(new Secret(passphrase))
    await vault.set('a', new Secret(canary))
    const path = join(folder, 'vault.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"name": "a"', '"name": "b"'))
    const failures = await Promise.allSettled([
      vault.get('b'),
      vault.set('', new Secret(canary)),
      vault.set('c', new Secret(canary.repeat(10_000))),
      vault.unlock(new Secret(canary)),
      vault.changePassphrase(new Secret(passphrase), new Secret('canary')),
      vault.changePassphrase(new Secret(passphrase), new Secret(canary)),
      vault.create(new Secret(canary)),
    ])
    expect(failures.map(({ status }) => status)).toEqual(failures.map(() => 'rejected'))
    const shown = failures.map((failure) => {
      const reason: unknown = failure.status === 'rejected' ? failure.reason : null
      return inspect(reason, { showHidden: true, depth: 9 }) + JSON.stringify(toWireError(reason))
    })
    shown.push(
      inspect(vault, { showHidden: true, depth: 9 }),
      JSON.stringify(vault),
      JSON.stringify(vault.warnings()),
    )
    for (const text of shown) expect(text).not.toMatch(/canary/)
  })
})

describe('a console that is killed while it saves a secret', () => {
  let program: ChildProgram
  beforeAll(async () => (program = await buildChildProgram('src/engine/vault/testing/set-loop.ts')))
  afterAll(() => program.remove())

  it('leaves a whole vault, and no secret beside it', { timeout: 180_000 }, async () => {
    const begun = await openPassphraseVault(folder, systemClock, cheap)
    await begun.create(new Secret(passphrase))
    let leftovers = 0
    // Until the search was made where a write had been interrupted, too.
    for (let kill = 0; kill < 10 || (leftovers === 0 && kill < 60); kill++) {
      const child = program.start(folder, passphrase, canary)
      await child.nextMessage()
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
      child.process.kill('SIGKILL')
      await child.ended
      leftovers += (await readdir(folder)).filter((name) => name.endsWith('.tmp')).length
      expect(findCanaries(folder, [passphrase, canary])).toEqual([])

      const vault = await openPassphraseVault(folder, systemClock, cheap)
      expect(vault.warnings()).toEqual([])
      await vault.unlock(new Secret(passphrase))
      const last = Number(child.messages.at(-1))
      for (const name of await vault.keys()) {
        expect((await vault.get(name))?.reveal()).toMatch(new RegExp(`^${canary}\\d{8}$`))
      }
      const newest = (await vault.get(`key ${last % 10}`))?.reveal() ?? ''
      expect(Number(newest.slice(-8))).toBeGreaterThanOrEqual(last)
      expect((await readdir(folder)).filter((name) => !name.includes('.lock'))).toEqual(['vault.json'])
      await vault.close()
    }
    expect(leftovers).toBeGreaterThan(0)
  })
})
