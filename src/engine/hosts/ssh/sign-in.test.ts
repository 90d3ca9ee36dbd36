import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../clock'
import type { Question } from '../../transports/ssh'
import { openPassphraseVault, Secret } from '../../vault'
import { PromptBoard } from '../prompt-board'
import { askThrough } from './sign-in'

const host = 'b3b1b8a4-5a7c-4b5e-9d0f-0a1b2c3d4e5f'
const question: Question = {
  kind: 'password',
  hop: { host: 'xcp1', port: 22, user: 'root' },
  title: 'Password',
  instructions: '',
  prompts: [{ text: 'Password', secret: true }],
  again: false,
}
const cost = { N: 16, r: 1, p: 1 }

describe('what a host asks for', () => {
  let folder: string
  let prompts: PromptBoard
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'xcp-vault-'))
    prompts = new PromptBoard()
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const openVault = () => openPassphraseVault(folder, systemClock, cost)
  const asked = async (): Promise<string> => {
    await vi.waitFor(() => expect(prompts.list()).toHaveLength(1))
    return prompts.list()[0]?.id ?? ''
  }
  const answer = async (text: string, remember: boolean): Promise<void> =>
    prompts.answer(await asked(), { kind: 'answers', answers: [text], remember })
  const { signal } = new AbortController()

  it('is asked of the person once when it is remembered, each time when it is not, and again when it was wrong', async () => {
    const vault = await openVault()
    const ask = askThrough(host, prompts, vault)
    const first = ask(question, signal)
    await answer('not kept', false)
    expect(await first).toEqual(['not kept'])
    const second = ask(question, signal)
    await answer('kept', true)
    expect(await second).toEqual(['kept'])
    expect(await ask(question, signal)).toEqual(['kept'])
    const third = ask({ ...question, again: true }, signal)
    await answer('better', true)
    expect(await third).toEqual(['better'])
    expect(await ask(question, signal)).toEqual(['better'])
    await vault.close()
  })

  it('is answered by the vault as soon as that is unlocked, and the question is taken back', async () => {
    const before = await openVault()
    await before.create(new Secret('a long passphrase'))
    await before.set('ssh password root@xcp1:22', new Secret('kept'))
    await before.close()
    const vault = await openVault()
    expect(vault.status()).toBe('locked')
    const found = askThrough(host, prompts, vault)(question, signal)
    await asked()
    await vault.unlock(new Secret('a long passphrase'))
    expect(await found).toEqual(['kept'])
    await vi.waitFor(() => expect(prompts.list()).toEqual([]))
    await vault.close()
  })

  it('is given up when the connection ends', async () => {
    const vault = await openVault()
    const end = new AbortController()
    const found = askThrough(host, prompts, vault)(question, end.signal)
    await asked()
    end.abort()
    expect(await found).toBeNull()
    expect(prompts.list()).toEqual([])
    await vault.close()
  })
})
