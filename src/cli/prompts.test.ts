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
  ...more,
})
const { signal } = new AbortController()
const answers = (): Answers =>
  new Answers({ fingerprints: [], password: 'Hunter2', ask: null, write: () => undefined })

it('gives the password of the descriptor to one host, and tries it on keys', async () => {
  const given = answers()
  const key = question('root@jump:22', { title: 'Passphrase of /root/.ssh/id_rsa' })
  await expect(given.answer(key, signal)).resolves.toMatchObject({ answers: ['Hunter2'] })
  await expect(given.answer({ ...key, again: true }, signal)).resolves.toMatchObject({ answers: [''] })
  await expect(given.answer(question('root@jump:22', {}), signal)).resolves.toMatchObject({
    answers: ['Hunter2'],
    remember: false,
  })
  await expect(given.answer(question('root@target:22', {}), signal)).rejects.toMatchObject({ code: 5 })
})

it('gives nothing to a host that calls its question the passphrase of a key', async () => {
  const given = answers()
  await given.answer(question('root@jump:22', {}), signal)
  const disguised = question('root@target:22', {
    title: 'Passphrase of /root/.ssh/id_rsa',
    fields: [{ label: 'Passphrase:', secret: true }],
    // As every question of keyboard-interactive.
    rememberable: false,
  })
  await expect(given.answer(disguised, signal)).rejects.toMatchObject({ code: 5 })
})
