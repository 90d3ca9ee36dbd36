import type { ConnectForms, FormField, TransportForm } from '@shared/model/form'
import { savedHost, type SavedHost } from '@shared/model/saved-host'
import * as v from 'valibot'
import type { ParsedAddress } from '../stores/typed-address'
import {
  complaintAbout,
  defaultOf,
  formatAddress,
  toForm,
  toSaved,
  valueAt,
  withValueAt,
  type FieldValue,
} from './form-values'

/** What the connect form holds while a person fills it in: what was changed, over the host as it was saved. */
export interface HostDraft {
  readonly id: string
  /** Null for a new one. */
  readonly saved: SavedHost | null
  /** Null until one is chosen or told by an address: the first that is offered. */
  transport: string | null
  address: string
  /** Null until `address` is understood. */
  host: string | null
  /** By key of the field. */
  changed: Record<string, FieldValue>
}

/** What is wrong, by key of the field; `address` is the box of the whole address. */
export type DraftErrors = Readonly<Record<string, string>>
export type Saved = { readonly host: SavedHost } | { readonly errors: DraftErrors }

export function draftOf(saved: SavedHost | null): HostDraft {
  return {
    id: saved?.id ?? crypto.randomUUID(),
    saved,
    transport: saved?.address.transport ?? null,
    address: saved ? formatAddress(saved.address) : '',
    host: saved?.address.host ?? null,
    changed: {},
  }
}

export function fieldValue(draft: HostDraft, field: FormField): FieldValue {
  const changed = draft.changed[field.key]
  if (changed !== undefined) return changed
  return draft.saved ? toForm(field, valueAt(draft.saved, field.key)) : defaultOf(field)
}

export function formOf({ transports }: ConnectForms, draft: HostDraft): TransportForm | null {
  const chosen = transports.find(({ transport }) => transport === draft.transport)
  return chosen ?? transports.find(({ offered }) => offered) ?? null
}

const fieldsOf = (forms: ConnectForms, draft: HostDraft): FormField[] => [
  ...(formOf(forms, draft)?.fields ?? []),
  ...forms.host,
]

/** Fills in what an address tells; jump hosts and keys only where it names some. */
export function applyAddress(forms: ConnectForms, draft: HostDraft, parsed: ParsedAddress): void {
  const { address, via, keyFiles } = parsed
  draft.transport = address.transport
  draft.host = address.host
  const told = {
    address,
    ...(via.length > 0 ? { via } : {}),
    ...(keyFiles.length > 0 ? { authentication: { keyFiles } } : {}),
  }
  for (const field of fieldsOf(forms, draft)) {
    const value = valueAt(told, field.key)
    if (value !== undefined) draft.changed[field.key] = toForm(field, value)
  }
}

/** The address again after a part of it was changed in a field of its own. */
export function rewriteAddress(forms: ConnectForms, draft: HostDraft): void {
  if (draft.host === null) return
  const form = formOf(forms, draft)
  const text = (key: string): string => {
    const field = form?.fields.find((one) => one.key === key)
    const value = field ? fieldValue(draft, field) : ''
    return typeof value === 'string' ? value.trim() : ''
  }
  const address = {
    host: draft.host,
    user: text('address.user') || null,
    port: Number(text('address.port')) || null,
  }
  draft.address = formatAddress(address, form?.scheme)
}

/** The host to save, or what is wrong with which field. */
export function savedOf(forms: ConnectForms, draft: HostDraft): Saved {
  const { id, host, saved } = draft
  const transport = formOf(forms, draft)?.transport
  if (host === null) return { errors: { address: 'Say which host to connect to.' } }
  const fields = fieldsOf(forms, draft)
  const kept = saved && saved.address.transport === transport ? saved.address : {}
  let whole: object = { ...saved, id, address: { ...kept, transport, host } }
  for (const field of fields) {
    whole = withValueAt(whole, field.key, toSaved(field, fieldValue(draft, field)))
  }
  if (valueAt(whole, 'name') === null) whole = { ...whole, name: host }
  const result = v.safeParse(savedHost, whole)
  if (result.success) return { host: result.output }
  const errors: Record<string, string> = {}
  for (const issue of result.issues) {
    const path = `${v.getDotPath(issue) ?? ''}.`
    const field = fields.find(({ key }) => path.startsWith(`${key}.`))
    errors[field?.key ?? 'address'] ??= field ? complaintAbout(field, issue.message) : issue.message
  }
  return { errors }
}
