import { describe, expect, it } from 'vitest'
import { canonicalHost, knownHostsName } from './host-name'

describe('canonicalHost', () => {
  it.each([
    ['XCP1.Example', 'xcp1.example'],
    ['127.1', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['010.0.0.1', '8.0.0.1'],
    ['1.2.3.4.5', '1.2.3.4.5'],
    ['300.1.2.3', '300.1.2.3'],
    ['10.0.0.1.', '10.0.0.1.'],
    ['FE80:0:0::0001', 'fe80::1'],
    ['::FFFF:1.2.3.4', '::ffff:1.2.3.4'],
    ['FE80::1%Eth0', 'fe80::1%Eth0'],
    ['not:an:address', 'not:an:address'],
    ['8host', '8host'],
  ])('%s is looked up as %s', (written, expected) => {
    expect(canonicalHost(written)).toBe(expected)
  })
})

describe('knownHostsName', () => {
  it('names the port unless it is 22', () => {
    expect(knownHostsName('XCP1', 22)).toBe('xcp1')
    expect(knownHostsName('XCP1', 2222)).toBe('[xcp1]:2222')
    expect(knownHostsName('::1', 22)).toBe('::1')
    expect(knownHostsName('0::1', 2222)).toBe('[::1]:2222')
  })
})
