import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { Finding } from '@shared/model/host'
import type { Prompt, PromptAnswer } from '@shared/model/prompt'
import type { SavedHost } from '@shared/model/saved-host'
import { systemClock } from '../../../clock'
import { RowFeed } from '../../../row-feed'
import { SeriesBudget } from '../../../series/budget'
import { linuxSource } from '../../../sources/linux'
import { RowStore } from '../../../streams/row-store'
import { SessionVault } from '../../../vault'
import { PromptBoard } from '../../prompt-board'
import { HostSession } from '../../session'
import { sshProfile, type SshServices } from '../profile'

/** Somebody with a home directory of their own, who answers what is asked: from a saved host to its live session. */
export class Person {
  home = ''
  asked: Prompt[] = []
  answer: (prompt: Prompt) => PromptAnswer = () => ({ kind: 'trust', remember: true })
  #prompts = new PromptBoard()
  #leaving = new AbortController()
  readonly #sessions: HostSession[] = []

  arrive(): void {
    this.home = mkdtempSync(join(tmpdir(), 'xcp-home-'))
    mkdirSync(join(this.home, '.ssh'), { mode: 0o700 })
    vi.stubEnv('HOME', this.home)
    vi.stubEnv('SSH_AUTH_SOCK', '')
    this.asked = []
    this.answer = () => ({ kind: 'trust', remember: true })
    this.#prompts = new PromptBoard()
    this.#leaving = new AbortController()
    void this.#answerAll(this.#prompts, this.#leaving.signal)
  }

  async leave(): Promise<void> {
    await Promise.all(this.#sessions.splice(0).map((session) => session.disconnect()))
    this.#leaving.abort()
    vi.unstubAllEnvs()
    rmSync(this.home, { recursive: true, force: true })
  }

  get services(): SshServices {
    return { sources: [linuxSource], prompts: this.#prompts, vault: new SessionVault() }
  }

  connect(host: SavedHost, more: Partial<SshServices> = {}): HostSession {
    const session = new HostSession(sshProfile(host, { ...this.services, ...more }), {
      clock: systemClock,
      random: () => 0,
      budget: new SeriesBudget(2 ** 27),
      rows: new RowFeed(new RowStore(2 ** 27), systemClock),
      changed: () => undefined,
    })
    this.#sessions.push(session)
    session.connect()
    return session
  }

  writeConfig(...lines: string[]): void {
    writeFileSync(join(this.home, '.ssh/config'), `${lines.join('\n')}\n`, { mode: 0o600 })
  }

  writeKnownHosts(...lines: string[]): void {
    writeFileSync(join(this.home, '.ssh/known_hosts'), `${lines.join('\n')}\n`)
  }

  async #answerAll(board: PromptBoard, signal: AbortSignal): Promise<void> {
    for (let seen = -1; !signal.aborted; seen = await board.changes.changed(seen, signal)) {
      for (const prompt of board.list()) {
        this.asked.push(prompt)
        board.answer(prompt.id, this.answer(prompt))
      }
    }
  }
}

/** A new person for each test of a file. */
export function usePerson(): Person {
  const person = new Person()
  beforeEach(() => person.arrive())
  afterEach(() => person.leave())
  return person
}

export const savedHost = (
  server: { host: string; port: number },
  keyFiles: string[],
  user = 'root',
): SavedHost => ({
  id: 'b3b1b8a4-5a7c-4b5e-9d0f-0a1b2c3d4e5f',
  name: 'the host',
  group: null,
  address: { transport: 'ssh', host: server.host, port: server.port, user },
  via: [],
  authentication: { agent: false, keyFiles, password: 'never' },
  lastUsed: null,
  connectOnStart: false,
})

export const isLive = (session: HostSession): Promise<void> =>
  vi.waitFor(() => expect(session.summary()).toMatchObject({ state: 'live', error: null }), {
    timeout: 20_000,
  })

export const hasFailed = (session: HostSession): Promise<void> =>
  vi.waitFor(() => expect(session.summary()).toMatchObject({ state: 'failed' }), { timeout: 20_000 })

/** Of the way to the host, not of what is read from it. */
export const sshFindings = (session: HostSession): Finding[] =>
  session.details().findings.filter(({ source }) => source === 'ssh')
