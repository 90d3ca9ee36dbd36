import type { FormField } from '@shared/model/form'
import { connectForms as schema } from '@shared/model/form'
import { savedHost } from '@shared/model/saved-host'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { connectForms } from './forms'

const usual = v.parse(savedHost, {
  id: '8f1c7a52-58a4-4ac8-a0f3-6a2f5d1c9b10',
  name: 'xcp1',
  address: { transport: 'ssh', host: 'xcp1' },
})

function at(value: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>(
      (inner, part) =>
        typeof inner === 'object' && inner ? Object.getOwnPropertyDescriptor(inner, part)?.value : undefined,
      value,
    )
}
/** What a saved host has that nobody filled in. */
function untouched(field: FormField): unknown {
  if (field.kind === 'choice' || field.kind === 'check') return field.default
  return field.kind === 'paths' || field.kind === 'hosts' ? [] : null
}

describe('the forms that the transports describe', () => {
  it('pass the contract', () => {
    expect(v.parse(schema, connectForms)).toEqual(connectForms)
  })

  it('name fields of a saved host, each once, with its own defaults', () => {
    for (const { fields, offered } of connectForms.transports.filter((form) => form.offered)) {
      const all = [...fields, ...connectForms.host].filter(({ key }) => key !== 'name')
      expect(offered).toBe(true)
      expect(new Set(all.map(({ key }) => key)).size).toBe(all.length)
      for (const field of all)
        expect([field.key, at(usual, field.key)]).toEqual([field.key, untouched(field)])
    }
  })

  it('offer every transport that a host can be saved with', () => {
    const savable = savedHost.entries.address.options.map(({ entries }) => entries.transport.literal)
    const offered = connectForms.transports.filter((form) => form.offered).map(({ transport }) => transport)
    expect(offered).toEqual(savable)
  })
})
