import { expect, it } from 'vitest'
import { toWireError } from '@shared/errors'
import { readPrivateKey } from './private-key'

it.each([
  ['/home/me/keys of mine/id', "ssh-keygen -p -f '/home/me/keys of mine/id'"],
  ["/tmp/$(id); it's", "ssh-keygen -p -f '/tmp/$(id); it'\\''s'"],
  ['/home/me/.ssh/id_rsa', 'ssh-keygen -p -f /home/me/.ssh/id_rsa'],
])('the command that converts %s can be pasted into a shell', async (file, command) => {
  const text = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'
  const error = toWireError(
    await readPrivateKey(file, text, undefined, new AbortController().signal).catch(
      (thrown: unknown) => thrown,
    ),
  )
  expect(error.hint).toContain(`: ${command} (`)
})
