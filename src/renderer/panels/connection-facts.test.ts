import { describe, expect, it } from 'vitest'
import type { ConnectionView } from '@shared/model/host'
import { connectionFacts } from './connection-facts'

const connection: ConnectionView = {
  algorithms: [
    { name: 'key exchange', value: 'curve25519-sha256' },
    { name: 'cipher', value: 'aes128-gcm@openssh.com' },
  ],
  crypto: 'native',
  files: 'sftp',
  clockOffset: -3_600_250,
  clockError: 12,
}

describe('how a host is connected', () => {
  it('tells what was negotiated, and how far the clocks are apart', () => {
    expect(connectionFacts(connection)).toEqual([
      ['Clock', '3600.3 s behind ours, ± 12 ms'],
      ['Files', 'read by SFTP'],
      ['Key exchange', 'curve25519-sha256'],
      ['Cipher', 'aes128-gcm@openssh.com'],
      ['Encryption by', 'native code'],
    ])
  })

  it.each([
    [20, 12, 'as ours, ± 12 ms'],
    [400, 12, '400 ms ahead of ours, ± 12 ms'],
    [null, null, 'not measured yet'],
  ])('says of a clock that is %s ms (± %s) off: %s', (clockOffset, clockError, text) => {
    expect(connectionFacts({ ...connection, clockOffset, clockError })[0]).toEqual(['Clock', text])
  })

  it('says nothing of a host that is not reached over a network', () => {
    expect(connectionFacts(null)).toEqual([])
  })
})
