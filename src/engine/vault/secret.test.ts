import { inspect } from 'node:util'
import { serialize } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DiagnosticError, toWireError } from '@shared/errors'
import { Secret } from './secret'

const texts = fc.string({ unit: 'binary' })

/** All the ways in which a value comes to be shown, stored or sent. */
function shownForms(secret: Secret): string[] {
  const error = new DiagnosticError('internal', `refused ${String(secret)}`, { cause: secret })
  const holder = { secret, list: [secret], map: new Map([['k', secret]]) }
  return [
    String(secret),
    // What a careless author writes.
    // eslint-disable-next-line @typescript-eslint/restrict-template-expressions, @typescript-eslint/restrict-plus-operands -- the very thing to be tested
    `${secret}` + secret + [secret].join(),
    JSON.stringify(holder),
    inspect(holder, { showHidden: true, depth: 9, getters: true }),
    inspect(secret, { showHidden: true, customInspect: false, getters: true }),
    JSON.stringify(toWireError(error)),
    inspect(error, { showHidden: true, depth: 9 }),
    serialize(structuredClone(secret)).toString('latin1'),
    JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(secret))),
    JSON.stringify(Object.assign({}, secret)),
  ]
}

describe('a secret', () => {
  it('gives its text and its bytes to who asks for them', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const secret = new Secret(text)
        expect(secret.reveal()).toBe(text)
        expect(secret.revealBytes()).toEqual(Buffer.from(text))
        expect(secret.size).toBe(Buffer.byteLength(text))
        expect(Secret.ofBytes(Buffer.from(text)).reveal()).toBe(text)
        expect(secret.copy().reveal()).toBe(text)
      }),
    )
  })

  it('shows itself in no other way', () => {
    fc.assert(
      fc.property(texts, (rest) => {
        const secret = new Secret(`hunter2${rest}`)
        for (const form of shownForms(secret)) {
          expect(form).not.toContain('hunter2')
          expect(form).not.toContain(Buffer.from('hunter2').toString('hex'))
          expect(form).not.toContain('104,117,110')
        }
      }),
      { numRuns: 30 },
    )
    expect(String(new Secret('hunter2'))).toBe('[secret]')
    expect(JSON.stringify([new Secret('hunter2')])).toBe('["[secret]"]')
    expect(inspect({ password: new Secret('hunter2') })).toBe('{ password: [secret] }')
  })

  it('is zeros in memory once it is wiped, and then gives nothing', () => {
    const bytes = Buffer.from('hunter2')
    const secret = Secret.ofBytes(bytes)
    const copy = secret.copy()
    secret.wipe()
    secret.wipe()
    expect(bytes).toEqual(Buffer.alloc(7))
    expect(() => secret.reveal()).toThrow('after it was wiped')
    expect(() => secret.revealBytes()).toThrow('after it was wiped')
    expect(String(secret)).toBe('[secret]')
    expect(copy.reveal()).toBe('hunter2')
  })

  it('lies in no memory that others share', () => {
    expect(new Secret('hunter2').revealBytes().buffer.byteLength).toBe(7)
  })
})
