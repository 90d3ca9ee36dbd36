import { expect, it } from 'vitest'
import type { Prompt } from '@shared/model/prompt'
import { Answers } from './prompts'

type Secret = Extract<Prompt, { kind: 'secret' }>

const question = (hop: string, more: Partial<Secret>): Secret => ({
  kind: 'secret',
  id: 'b3b1b8a4-5a7c-4b5e-9d0f-0a1b2c3d4e5f',
  host: 'a',
  hop,
  title: 'Password of root',
  instructions: '',
  fields: [{ label: 'Password:', secret: true }],
  again: false,
  rememberable: true,
  target: true,
  ...more,
})
const { signal } = new AbortController()
const answers = (): Answers =>
  new Answers({ fingerprints: [], password: 'Hunter2', ask: null, write: () => undefined })

it('gives the password of the descriptor to the host itself once, never to a jump host, and tries it on keys', async () => {
  const given = answers()
  const key = question('root@jump:22', { title: 'Passphrase of /root/.ssh/id_rsa', target: false })
  await expect(given.answer(key, signal)).resolves.toMatchObject({ answers: ['Hunter2'] })
  await expect(given.answer({ ...key, again: true }, signal)).resolves.toMatchObject({ answers: [''] })
  await expect(given.answer(question('root@jump:22', { target: false }), signal)).rejects.toMatchObject({
    code: 5,
    message: expect.stringContaining('root@jump:22') as unknown,
  })
  await expect(given.answer(question('root@target:22', {}), signal)).resolves.toMatchObject({
    answers: ['Hunter2'],
    remember: false,
  })
  await expect(given.answer(question('root@target:22', {}), signal)).rejects.toMatchObject({
    code: 5,
    message: expect.stringContaining('did not accept') as unknown,
  })
})

it('gives nothing to a host that calls its question the passphrase of a key', async () => {
  const given = answers()
  const disguised = question('root@jump:22', {
    target: false,
    title: 'Passphrase of /root/.ssh/id_rsa',
    fields: [{ label: 'Passphrase:', secret: true }],
    // As every question of keyboard-interactive.
    rememberable: false,
  })
  await expect(given.answer(disguised, signal)).rejects.toMatchObject({ code: 5 })
})

it('trusts no key, not even the one that was given, where the lists of known hosts cannot be read', async () => {
  const fingerprint = 'SHA256:abc'
  const given = new Answers({
    fingerprints: [fingerprint],
    password: null,
    ask: null,
    write: () => undefined,
  })
  const prompt: Prompt = {
    kind: 'identity-unknown',
    id: 'b3b1b8a4-5a7c-4b5e-9d0f-0a1b2c3d4e5f',
    host: 'a',
    hop: 'root@xcp1:22',
    keyType: 'ssh-ed25519',
    fingerprint,
    showCommand: 'ssh-keygen -lf x',
    sameKeyElsewhere: [],
  }
  await expect(given.answer(prompt, signal)).resolves.toEqual({ kind: 'trust', remember: false })
  const problem = '/root/.ssh/known_hosts is passed over: permission denied.'
  await expect(given.answer({ ...prompt, problem }, signal)).rejects.toMatchObject({
    code: 4,
    message: expect.stringContaining(problem) as unknown,
  })
})
