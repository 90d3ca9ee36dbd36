import type { ConnectForms } from '@shared/model/form'
import { savedHost } from '@shared/model/saved-host'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { getActivePinia } from 'pinia'
import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { connectForms as forms } from '../../engine/hosts/forms'
import { linkKey } from '../link/link'
import { useSavedHosts } from '../stores/saved-hosts'
import { createTestApp, type TestApp } from '../test-app'
import HostForm from './HostForm.vue'
import { applyAddress, draftOf, fieldValue, rewriteAddress, savedOf, type HostDraft } from './host-draft'

const full = v.parse(savedHost, {
  id: '8f1c7a52-58a4-4ac8-a0f3-6a2f5d1c9b10',
  name: 'the pool master',
  group: 'rack 1',
  address: { transport: 'ssh', host: 'xcp1', port: 2222, user: 'root' },
  via: [{ host: '2001:db8::1', port: 22, user: 'jump' }],
  authentication: { agent: false, keyFiles: ['~/.ssh/a', '/b c'], password: 'never' },
  lastUsed: 5,
  connectOnStart: true,
})
const typed = (changed: HostDraft['changed'] = {}): HostDraft => ({ ...draftOf(null), host: 'xcp1', changed })
const errorsOf = (draft: HostDraft): unknown => savedOf(forms, draft)

describe('the draft of a host', () => {
  it('comes back as it was saved', () => {
    expect(savedOf(forms, draftOf(full))).toEqual({ host: full })
  })

  it('needs a host and nothing else, and is called by it', () => {
    expect(savedOf(forms, typed())).toMatchObject({
      host: { name: 'xcp1', address: { transport: 'ssh', user: null, port: null }, group: null, via: [] },
    })
  })

  it('says which field is wrong', () => {
    expect(errorsOf({ ...typed(), host: null })).toHaveProperty('errors.address')
    expect(errorsOf(typed({ 'address.port': '70000' }))).toEqual({
      errors: { 'address.port': 'A number from 1 to 65535.' },
    })
    expect(errorsOf(typed({ 'address.port': 'ssh' }))).toHaveProperty(['errors', 'address.port'])
    expect(errorsOf(typed({ 'address.user': 'a b' }))).toHaveProperty(['errors', 'address.user'])
    expect(errorsOf(typed({ via: [{ text: 'x y', address: null }] }))).toEqual({
      errors: { via: 'This jump host is not understood.' },
    })
  })

  it('takes from an address what that tells, and leaves the rest', () => {
    const draft = draftOf(full)
    const address = { transport: 'ssh' as const, host: 'xcp2', user: null, port: 22 }
    applyAddress(forms, draft, { address, via: [], keyFiles: ['~/new'], ignored: [] })
    expect(savedOf(forms, draft)).toEqual({
      host: { ...full, address, authentication: { ...full.authentication, keyFiles: ['~/new'] } },
    })
  })

  it('writes the address anew when a part of it is changed', () => {
    const draft = draftOf(full)
    expect(draft.address).toBe('root@xcp1:2222')
    draft.changed['address.port'] = ' '
    rewriteAddress(forms, draft)
    expect(draft.address).toBe('root@xcp1')
  })
})

describe('the form of a host', () => {
  let app: TestApp
  beforeEach(() => (app = createTestApp()))
  afterEach(() => {
    app.close()
    vi.unstubAllGlobals()
  })

  async function drawn(described: ConnectForms, draft: HostDraft): Promise<string> {
    app.run(useSavedHosts)
    const page = createSSRApp(HostForm, { forms: described, errors: {}, modelValue: draft })
    const pinia = app.run(() => getActivePinia())
    if (pinia) page.use(pinia)
    page.provide(linkKey, app.link)
    return renderToString(page)
  }

  /** A transport that nobody has written yet: its description is all that the form gets. */
  const withHttps: ConnectForms = {
    ...forms,
    transports: [
      ...forms.transports,
      {
        transport: 'https',
        title: 'HTTPS',
        offered: true,
        scheme: 'https://',
        example: 'https://host',
        fields: [
          {
            kind: 'number',
            key: 'address.port',
            label: 'Port',
            minimum: 1,
            maximum: 65_535,
            advanced: false,
          },
          { kind: 'text', key: 'address.path', label: 'Path of the interface', advanced: false },
          {
            kind: 'choice',
            key: 'authentication.scheme',
            label: 'Sign in with',
            choices: [{ value: 'token', label: 'A token' }],
            default: 'token',
            advanced: true,
          },
        ],
      },
    ],
  }

  it('draws the fields of a transport that it does not know, and offers it beside SSH', async () => {
    const draft = { ...draftOf(null), transport: 'https', host: 'xcp1' }
    const html = await drawn(withHttps, draft)
    for (const text of [
      'Reached by',
      'HTTPS',
      'Path of the interface',
      'Sign in with',
      'A token',
      'https://host',
      'Group',
    ])
      expect(html).toContain(text)
    for (const text of ['Jump hosts', 'Key files', 'SSH agent']) expect(html).not.toContain(text)
    draft.changed = { 'address.port': '8443' }
    rewriteAddress(withHttps, draft)
    expect(draft.address).toBe('https://xcp1:8443')
  })

  it('offers no choice where there is one transport, and keeps the rare fields closed until they are set', async () => {
    const html = await drawn(forms, typed())
    expect(html).not.toContain('Reached by')
    expect(html).toMatch(/<details class="all"[^>]*>/)
    expect(html).not.toMatch(/<details[^>]* open/)
    expect(await drawn(forms, draftOf(full))).toMatch(/<details[^>]* open/)
  })

  it('shows each value where it was saved', () => {
    const value = (key: string): unknown => {
      const all = [...forms.host, ...forms.transports.flatMap(({ fields }) => fields)]
      const field = all.find((one) => one.key === key)
      return field && fieldValue(draftOf(full), field)
    }
    expect(value('address.port')).toBe('2222')
    expect(value('authentication.keyFiles')).toBe('~/.ssh/a\n/b c')
    expect(value('via')).toMatchObject([{ text: 'jump@[2001:db8::1]:22' }])
    expect(value('authentication.agent')).toBe(false)
  })
})
