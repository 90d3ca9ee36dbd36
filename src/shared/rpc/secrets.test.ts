import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { calls, type CallName } from '../contract'
import { toWireError, validate } from '../errors'
import { bindCall } from './server'
import { decodeMessage } from './wire'

const secret = 'Hunter2-secret'
const id = 'b3b1b8a4-5a7c-4b5e-9d0f-0a1b2c3d4e5f'
const number = 7_342_198_341

/** All that the window, a log or a terminal gets to see of a call that was refused. */
async function refusal(name: CallName, params: unknown): Promise<string> {
  const { params: accepted } = calls[name]
  const call = bindCall({ params: accepted, result: v.unknown() }, () => null)
  try {
    await call(params, new AbortController().signal)
  } catch (thrown) {
    const stack = thrown instanceof Error ? String(thrown.stack) : ''
    return `${JSON.stringify(toWireError(thrown))}\n${stack}`
  }
  throw new Error('It was not refused.')
}

describe('an error of a request never repeats a secret', () => {
  it.each<[string, CallName, unknown]>([
    ['a passphrase that is too long', 'vault.unlock', { passphrase: secret.repeat(100) }],
    ['a passphrase in a list', 'vault.unlock', { passphrase: [secret] }],
    ['a passphrase that is a number', 'vault.unlock', { passphrase: number }],
    ['a passphrase in the place of the parameters', 'vault.unlock', secret],
    ['a passphrase in another field', 'vault.unlock', { passphrase: 'x', again: secret }],
    ['an answer that is no list', 'prompts.answer', { id, answer: { kind: 'answers', answers: secret } }],
    [
      'an answer that is too long',
      'prompts.answer',
      { id, answer: { kind: 'answers', answers: [secret.repeat(400)], remember: false } },
    ],
    [
      'an answer that is a number',
      'prompts.answer',
      { id, answer: { kind: 'answers', answers: [number], remember: false } },
    ],
    [
      'an answer in the place of a yes or no',
      'prompts.answer',
      { id, answer: { kind: 'trust', remember: secret } },
    ],
    ['an answer in the place of its kind', 'prompts.answer', { id, answer: { kind: secret } }],
    ['an answer in the place of its question', 'prompts.answer', { id: secret, answer: { kind: 'cancel' } }],
    ['an answer without its frame', 'prompts.answer', { id, answer: secret }],
  ])('%s', async (_, name, params) => {
    const text = await refusal(name, params)
    expect(text).toContain('params is not valid')
    expect(text).not.toContain('Hunter2')
    expect(text).not.toContain(String(number))
  })

  it('nor does one of a frame that cannot be read', () => {
    let text = ''
    try {
      decodeMessage(`${secret} {`)
    } catch (thrown) {
      text = JSON.stringify(toWireError(thrown))
    }
    expect(text).toContain('cannot be read')
    expect(text).not.toContain('Hunter2')
  })
})

it('an error still says where, what was wanted, and which bound was missed', () => {
  const port = v.object({ port: v.pipe(v.number(), v.maxValue(65_535)) })
  expect(() => validate(port, { port: 70_000 }, 'params')).toThrow('Expected <=65535 but received 70000')
  expect(() => validate(port, { port: '22' }, 'params')).toThrow('Expected number but received a string')
  expect(() => validate(port, {}, 'params')).toThrow('Expected "port" but received undefined')
})
