import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import { systemClock } from '../../clock'
import { SshConnectError, type Question } from '../../transports/ssh'
import { openPassphraseVault, Secret, SessionVault, type Vault } from '../../vault'
import { PromptBoard } from '../prompt-board'
import { Attempt } from './attempt'
import { Notes } from './notes'
import { SignInQuestions } from './questions'

const host = 'b3b1b8a4-5a7c-4b5e-9d0f-0a1b2c3d4e5f'
const hop = { host: 'xcp1', port: 22, user: 'root' }
const question: Question = {
  kind: 'password',
  hop,
  title: 'Password',
  instructions: '',
  prompts: [{ text: 'Password', secret: true }],
  again: false,
}
const cost = { N: 16, r: 1, p: 1 }

describe('what a host asks for', () => {
  let folder: string
  let prompts: PromptBoard
  let notes: Notes
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'xcp-vault-'))
    prompts = new PromptBoard()
    notes = new Notes()
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
  const attempt = new Attempt(hop)
  const begin = (vault: Vault): SignInQuestions =>
    new SignInQuestions({ host, prompts, vault, notes, attempt })
  const refused = (at = hop): SshConnectError =>
    new SshConnectError('authenticate', at, 'authentication-failed', 'no')
  const kept = async (vault: Vault, name = 'ssh password root@xcp1:22'): Promise<string | undefined> =>
    (await vault.get(name))?.reveal()

  it('is kept once the connection is made, and only where the person wants that', async () => {
    const vault = new SessionVault()
    const first = begin(vault)
    const asking = first.ask(question, signal)
    await answer('not kept', false)
    expect(await asking).toEqual(['not kept'])
    await first.accepted()
    expect(await vault.keys()).toEqual([])
    const second = begin(vault)
    const again = second.ask(question, signal)
    await answer('kept', true)
    expect(await again).toEqual(['kept'])
    expect(await vault.keys()).toEqual([])
    await second.accepted()
    expect(await begin(vault).ask(question, signal)).toEqual(['kept'])
  })

  it('is not kept where the host refused it, or the connection failed', async () => {
    const vault = new SessionVault()
    const questions = begin(vault)
    const wrong = questions.ask(question, signal)
    await answer('wrong', true)
    await wrong
    const right = questions.ask({ ...question, again: true }, signal)
    await answer('right', false)
    expect(await right).toEqual(['right'])
    await questions.accepted()
    expect(await vault.keys()).toEqual([])
    const failing = begin(vault)
    const typed = failing.ask(question, signal)
    await answer('perhaps', true)
    await typed
    await failing.failed(new DiagnosticError('connection-lost', 'gone'))
    await failing.accepted()
    expect(await vault.keys()).toEqual([])
  })

  it('is forgotten when what was remembered is refused, and not sent again', async () => {
    const vault = new SessionVault()
    await vault.set('ssh password root@xcp1:22', new Secret('old'))
    const questions = begin(vault)
    expect(await questions.ask(question, signal)).toEqual(['old'])
    const again = questions.ask({ ...question, again: true }, signal)
    await asked()
    expect(await vault.keys()).toEqual([])
    await answer('new', true)
    await again
    await questions.accepted()
    expect(await kept(vault)).toBe('new')
  })

  it('is forgotten when the host hangs up instead of asking again; a jump host keeps its own', async () => {
    const vault = new SessionVault()
    const target = { host: '10.0.0.5', port: 22, user: 'root', via: hop }
    const way = 'ssh password root@10.0.0.5:22 via xcp1:22'
    await vault.set('ssh password root@xcp1:22', new Secret('of the jump host'))
    await vault.set(way, new Secret('old'))
    // The same address, reached directly, is another host.
    await vault.set('ssh password root@10.0.0.5:22', new Secret('of another'))
    const questions = begin(vault)
    expect(await questions.ask(question, signal)).toEqual(['of the jump host'])
    await questions.failed(refused(target))
    expect(await kept(vault)).toBe('of the jump host')
    expect(await questions.ask({ ...question, hop: target }, signal)).toEqual(['old'])
    await questions.failed(new DiagnosticError('connection-lost', 'gone'))
    expect(await kept(vault, way)).toBe('old')
    expect(await questions.ask({ ...question, hop: target }, signal)).toEqual(['old'])
    await questions.failed(refused(target))
    expect(await vault.keys()).toEqual(['ssh password root@10.0.0.5:22', 'ssh password root@xcp1:22'])
  })

  it('is told where it cannot be kept, and the sign-in goes on', async () => {
    const vault = new SessionVault()
    const questions = begin(vault)
    const asking = questions.ask(question, signal)
    await answer('x'.repeat(100_000), true)
    await asking
    await questions.accepted()
    expect(notes.findings()).toMatchObject([
      {
        subject: 'remembered: ssh password root@xcp1:22',
        detail: expect.stringMatching(
          /^The ssh password root@xcp1:22 could not be remembered\. \S/,
        ) as unknown,
      },
    ])
    const next = begin(vault)
    const better = next.ask(question, signal)
    await answer('short', true)
    await better
    await next.accepted()
    expect(notes.findings()).toEqual([])
  })

  it('has a name that the vault takes, however long the way', async () => {
    const vault = new SessionVault()
    const questions = begin(vault)
    const long = {
      ...question,
      hop: { ...hop, host: 'h'.repeat(255), via: { ...hop, host: 'j'.repeat(255) } },
    }
    const asking = questions.ask(long, signal)
    await answer('kept', true)
    await asking
    await questions.accepted()
    expect(notes.findings()).toEqual([])
    expect(await begin(vault).ask(long, signal)).toEqual(['kept'])
  })

  it('says whether it is the host itself that asks', async () => {
    const questions = begin(new SessionVault())
    const ofTarget = questions.ask(question, signal)
    await asked()
    expect(prompts.list()).toMatchObject([{ target: true }])
    await answer('one', false)
    await ofTarget
    void questions.ask({ ...question, hop: { ...hop } }, AbortSignal.timeout(60_000))
    await asked()
    expect(prompts.list()).toMatchObject([{ target: false }])
  })

  it('is answered by the vault as soon as that is unlocked, and the question is taken back', async () => {
    const before = await openVault()
    await before.create(new Secret('a long passphrase'))
    await before.set('ssh password root@xcp1:22', new Secret('kept'))
    await before.close()
    const vault = await openVault()
    expect(vault.status()).toBe('locked')
    const own = new Attempt(hop)
    const found = new SignInQuestions({ host, prompts, vault, notes, attempt: own }).ask(question, signal)
    await asked()
    await vault.unlock(new Secret('a long passphrase'))
    expect(await found).toEqual(['kept'])
    await vi.waitFor(() => expect(prompts.list()).toEqual([]))
    const error = refused()
    expect(own.reasonOf(error)).toBe(error)
    await vault.close()
  })

  it('is given up when the connection ends, which nobody tries again by itself', async () => {
    const end = new AbortController()
    const own = new Attempt(hop)
    const questions = new SignInQuestions({ host, prompts, vault: new SessionVault(), notes, attempt: own })
    const found = questions.ask(question, end.signal)
    await asked()
    end.abort()
    expect(own.reasonOf(new DiagnosticError('connection-lost', 'gone'))).toMatchObject({
      code: 'cancelled',
      cause: { code: 'connection-lost' },
    })
    expect(await found).toBeNull()
    expect(prompts.list()).toEqual([])
  })
})
