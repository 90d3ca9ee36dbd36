import type { FormField } from '@shared/model/form'
import { jumpAddress, type JumpAddress } from '@shared/model/saved-host'
import * as v from 'valibot'

/** Values of form fields: as a saved host has them, and as they stand in the form. */

/** Another host as typed; `address` is null until that is understood. */
export interface TypedHost {
  readonly text: string
  readonly address: JumpAddress | null
}

/** Text of a text, number, choice or paths field (one path a line), a check, or typed hosts. */
export type FieldValue = string | boolean | readonly TypedHost[]

/** The value at a path by dots; undefined where there is none. */
export function valueAt(value: unknown, key: string): unknown {
  let inner = value
  for (const part of key.split('.')) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, part)) return undefined
    const next: unknown = Reflect.get(inner, part)
    inner = next
  }
  return inner
}

/** A copy with the value put at a path by dots; what is missing on the way is made. */
export function withValueAt(object: object, key: string, value: unknown): object {
  const [part = '', ...rest] = key.split('.')
  if (rest.length === 0) return { ...object, [part]: value }
  const inner = valueAt(object, part)
  const below = typeof inner === 'object' && inner !== null ? inner : {}
  return { ...object, [part]: withValueAt(below, rest.join('.'), value) }
}

export function formatAddress({ host, user, port }: JumpAddress, scheme = ''): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `${scheme}${user === null ? '' : `${user}@`}${name}${port === null ? '' : `:${port}`}`
}

export function defaultOf(field: FormField): FieldValue {
  if (field.kind === 'choice' || field.kind === 'check') return field.default
  return field.kind === 'hosts' ? [] : ''
}

const typedHosts = v.pipe(
  v.array(jumpAddress),
  v.transform((hosts) => hosts.map((address): TypedHost => ({ text: formatAddress(address), address }))),
)
const paths = v.pipe(
  v.array(v.string()),
  v.transform((list) => list.join('\n')),
)

/** For the form; the default where a saved host has none, or none of this kind. */
export function toForm(field: FormField, saved: unknown): FieldValue {
  switch (field.kind) {
    case 'check':
      return typeof saved === 'boolean' ? saved : field.default
    case 'hosts':
      return v.is(v.array(jumpAddress), saved) ? v.parse(typedHosts, saved) : []
    case 'paths':
      return v.is(v.array(v.string()), saved) ? v.parse(paths, saved) : ''
    case 'text':
    case 'number':
    case 'choice':
      return typeof saved === 'string' || typeof saved === 'number' ? String(saved) : defaultOf(field)
  }
}

/** For a saved host; what is not valid is left to its schema to find. */
export function toSaved(field: FormField, value: FieldValue): unknown {
  const text = typeof value === 'string' ? value.trim() : ''
  switch (field.kind) {
    case 'check':
    case 'choice':
      return value
    case 'text':
      return text || null
    case 'number':
      return text === '' ? null : Number(text)
    case 'paths':
      return text.split(/\s*\n\s*/).filter((path) => path !== '')
    case 'hosts':
      return hostsOf(value)
        .filter((host) => host.text.trim() !== '')
        .map(({ address }) => address)
  }
}

export const hostsOf = (value: FieldValue): readonly TypedHost[] => (typeof value === 'object' ? value : [])

/** What is wrong with a field, for a person; `found` is what the schema says of it. */
export function complaintAbout(field: FormField, found: string): string {
  if (field.kind === 'number') return `A number from ${field.minimum} to ${field.maximum}.`
  if (field.kind === 'hosts') return `This ${field.item} is not understood.`
  return found
}
