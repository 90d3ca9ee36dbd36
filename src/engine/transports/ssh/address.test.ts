import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import { parseAddress } from './address'

const parsed = (text: string) => {
  const { user, host, port, proxyJump, identityFiles, ignored } = parseAddress(text)
  expect([proxyJump, identityFiles, ignored]).toEqual([null, [], []])
  return [user, host, port]
}

function refused(text: string): DiagnosticError {
  try {
    parseAddress(text)
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(DiagnosticError)
    if (thrown instanceof DiagnosticError) return thrown
  }
  throw new Error(`was not refused: ${text}`)
}

describe('parseAddress', () => {
  it.each([
    ['xcp1', [null, 'xcp1', null]],
    ['  xcp1.lab\n', [null, 'xcp1.lab', null]],
    ['Xcp1_a-b', [null, 'Xcp1_a-b', null]],
    ['root@xcp1', ['root', 'xcp1', null]],
    ['root@xcp1:2222', ['root', 'xcp1', 2222]],
    ['xcp1:022', [null, 'xcp1', 22]],
    ['10.0.0.1:22', [null, '10.0.0.1', 22]],
    ['127.1', [null, '127.1', null]],
    ['me@example.org@xcp1', ['me@example.org', 'xcp1', null]],
    ['DOM\\me@xcp1', ['DOM\\me', 'xcp1', null]],
    ['::1', [null, '::1', null]],
    ['root@fe80::1%eth0', ['root', 'fe80::1%eth0', null]],
    ['[::1]', [null, '::1', null]],
    ['root@[2001:db8::1]:2222', ['root', '2001:db8::1', 2222]],
    ['[xcp1]:2222', [null, 'xcp1', 2222]],
    ['ssh://xcp1', [null, 'xcp1', null]],
    ['SSH://root@xcp1:2222/', ['root', 'xcp1', 2222]],
    ['ssh://root;fingerprint=x@[fe80::1%25eth0]:2222', ['root', 'fe80::1%eth0', 2222]],
    ['ssh://do%20t%40x@xcp1', null],
    ['ssh://a%40b+c@xcp1', ['a@b+c', 'xcp1', null]],
    ['b\u00fccher.example', [null, 'xn--bcher-kva.example', null]],
    ['\u0440aypal.example', [null, 'xn--aypal-uye.example', null]],
    ['sshhost', [null, 'sshhost', null]],
  ])('%j', (text, expected) => {
    if (expected === null)
      expect(refused(text).message).toBe('This character does not belong in a user name.')
    else expect(parsed(text)).toEqual(expected)
  })

  it.each([
    ['', 'No host was given.', 1],
    ['   ', 'No host was given.', 1],
    ['root@', 'The host is missing.', 6],
    ['@xcp1', 'The user name is missing.', 1],
    [':22', 'The host is missing.', 1],
    ['xcp1:', 'The port is missing behind the colon.', 6],
    ['xcp1:0', 'The port must be a number from 1 to 65535.', 6],
    [' xcp1:65536', 'The port must be a number from 1 to 65535.', 7],
    ['xcp1:22x', 'The port must be a number from 1 to 65535.', 6],
    ['root@xcp1:/etc', 'The port must be a number from 1 to 65535.', 11],
    ['xcp1/etc', 'A path does not belong in the address of a host.', 5],
    ['ssh://xcp1/etc', 'A path does not belong in the address of a host.', 11],
    ['ssh://xcp1:22?x', 'A path does not belong in the address of a host.', 14],
    ['https://xcp1/', 'Only ssh:// leads to a host over SSH.', 1],
    ['-oProxyCommand=x', 'A host name cannot begin with a hyphen.', 1],
    ['root@-x', 'A host name cannot begin with a hyphen.', 6],
    ['-root@xcp1', 'A user name cannot begin with a hyphen.', 1],
    ['ssh://%2Droot@xcp1', 'A user name cannot begin with a hyphen.', 7],
    ['ssh://a%0ab@xcp1', 'This character does not belong in a user name.', 8],
    ['ssh://a%zz@xcp1', 'A percent sign must stand before two hexadecimal digits here.', 8],
    ['a;b@xcp1', 'This character does not belong in a user name.', 2],
    ['a\\@xcp1', 'A user name cannot end with a backslash.', 2],
    ['xcp1;reboot', 'This character does not belong in a host name.', 5],
    ['xcp*', 'This character does not belong in a host name.', 4],
    ['$(x)', 'This character does not belong in a host name.', 1],
    ['root@xc p1', 'Blanks do not belong in an address.', 8],
    ['xc\u0000p1', 'The character U+0000 cannot be seen, and does not belong in an address.', 3],
    ['xcp1\u001b[31m', 'The character U+001B cannot be seen, and does not belong in an address.', 5],
    [' a\u202eb', 'The character U+202E cannot be seen, and does not belong in an address.', 3],
    ['a\u200bb', 'The character U+200B cannot be seen, and does not belong in an address.', 2],
    ['a\nb', 'The character U+000A cannot be seen, and does not belong in an address.', 2],
    ['::1:22:x', 'This is neither an IPv6 address nor host:port.', 1],
    ['a:b:c', 'This is neither an IPv6 address nor host:port.', 1],
    ['[::1', 'The bracket is not closed.', 1],
    ['[::1]22', 'Behind the bracket only a colon and a port may stand.', 6],
    ['root@[::g]:22', 'This is no IPv6 address.', 7],
    ['300.1.2.3', 'This is no IPv4 address.', 1],
    ['1.2.3.4.5', 'This is no IPv4 address.', 1],
    ['x'.repeat(3_000), 'The address is too long.', 2_049],
  ])('refuses %j', (text, message, character) => {
    expect(refused(text)).toMatchObject({ code: 'bad-request', message, where: `character ${character}` })
  })

  it.each(['ssh://root:hunter2@xcp1', 'root:hunter2@xcp1', 'ssh root:hunter2@xcp1'])(
    'refuses a password and does not repeat it: %s',
    (text) => {
      const error = refused(text)
      expect(error.message).toBe('A password does not belong in an address.')
      expect(error.where).toBe(`character ${text.indexOf(':hunter2') + 1}`)
      expect(JSON.stringify([error.message, error.hint, error.where])).not.toContain('hunter2')
    },
  )

  it('reads back every address that it could have been given', () => {
    const user = fc.option(fc.stringMatching(/^[a-z_][a-z0-9_.+-]{0,12}$/), { nil: null })
    const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: null })
    const place = fc.oneof(
      fc.tuple(fc.domain(), port).map(([host, number]) => ({ host, port: number, text: host })),
      fc.tuple(fc.ipV4(), port).map(([host, number]) => ({ host, port: number, text: host })),
      fc.tuple(fc.ipV6(), port).map(([host, number]) => ({ host, port: number, text: `[${host}]` })),
      fc.ipV6().map((host) => ({ host, port: null, text: host })),
    )
    const form = fc.constantFrom('plain', 'uri', 'command')
    fc.assert(
      fc.property(user, place, form, (name, { host, port: number, text }, way) => {
        const bare = `${name === null ? '' : `${name}@`}${text}`
        const withPort = `${bare}${number === null ? '' : `:${number}`}`
        const written = {
          plain: withPort,
          uri: `ssh://${withPort}`,
          command: number === null ? `ssh ${bare}` : `ssh -p ${number} ${bare}`,
        }[way]
        expect(parseAddress(written)).toMatchObject({ user: name, host, port: number })
      }),
      { numRuns: 500 },
    )
  })

  it('either refuses with a place in the text, or gives what is safe to show and to look up', () => {
    const piece = fc.constantFrom(
      ...[
        'ssh',
        ' ',
        '-p',
        '22',
        ':',
        '@',
        '[',
        ']',
        '/',
        '//',
        'a',
        '-',
        '::1',
        '%',
        '"',
        "'",
        '\\',
        '-o',
        'Port=1',
      ],
      ...['-J', ',', '\n', '\u202e', '\u00fc', '\ud800', '#', '--', '-i', ';', '$(', '='],
    )
    const text = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary', maxLength: 40 }),
    )
    fc.assert(
      fc.property(text, (typed) => {
        try {
          const { user, host, port } = parseAddress(typed)
          expect(host).toMatch(/^[^-\s\p{C}][^\s\p{C}]*$/u)
          if (user !== null) expect(user).toMatch(/^[^-\s\p{C}][^\s\p{C}]*$/u)
          if (port !== null) expect(port).toBeGreaterThan(0)
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'DiagnosticError', code: 'bad-request' })
          const place =
            thrown instanceof DiagnosticError ? /^character (\d+)$/.exec(thrown.where ?? '') : null
          expect(Number(place?.[1])).toBeLessThanOrEqual(typed.length + 1)
        }
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('a pasted command', () => {
  it.each([
    ['ssh xcp1', { host: 'xcp1', user: null, port: null }],
    ['$ ssh -p 2222 root@xcp1', { host: 'xcp1', user: 'root', port: 2222 }],
    ['ssh root@xcp1 -p2222', { host: 'xcp1', user: 'root', port: 2222 }],
    ['ssh -l root -p 2222 -p 3333 xcp1', { user: 'root', port: 2222 }],
    ['ssh a@xcp1 -l b', { user: 'a' }],
    ['ssh -l b ssh://a@xcp1:23 -p 24', { user: 'b', host: 'xcp1', port: 23 }],
    ["ssh -i '~/my keys/id' -i /other xcp1", { identityFiles: ['~/my keys/id', '/other'] }],
    ['ssh -i "a\\"b" -i c\\ d xcp1', { identityFiles: ['a"b', 'c d'] }],
    [
      'ssh -J ops@gate:2200,two xcp1',
      {
        proxyJump: [
          { user: 'ops', host: 'gate', port: 2200 },
          { user: null, host: 'two', port: null },
        ],
      },
    ],
    ['ssh -J none xcp1', { proxyJump: [] }],
    ['ssh -o Port=2222 -oUser=root -o "ProxyJump gate" xcp1', { user: 'root', port: 2222 }],
    ['ssh -o StrictHostKeyChecking=no xcp1', { ignored: ['-o StrictHostKeyChecking'] }],
    ['ssh -AvvL 8080:localhost:80 xcp1 uptime -p 3', { port: null, ignored: ['-A', '-v', '-L', 'command'] }],
    ['ssh -- xcp1 "secret word"', { host: 'xcp1', ignored: ['command'] }],
    ['ssh xcp1 -- uptime', { host: 'xcp1', ignored: ['command'] }],
    ['ssh -6 -F none [::1]:22', { host: '::1', port: 22, ignored: ['-6', '-F'] }],
  ])('%s', (text, expected) => {
    expect(parseAddress(text)).toMatchObject(expected)
  })

  it.each([
    ['ssh', 'The command names no host.', 4],
    ['ssh -p 22', 'The command names no host.', 10],
    ['ssh -p', 'The value of this option is missing.', 6],
    ['ssh -p x xcp1', 'The port must be a number from 1 to 65535.', 8],
    ['ssh -px xcp1', 'The port must be a number from 1 to 65535.', 7],
    ['ssh -o Port=99999 xcp1', 'The port must be a number from 1 to 65535.', 13],
    ['ssh -l -x xcp1', 'A user name cannot begin with a hyphen.', 8],
    ['ssh -Z xcp1', 'ssh has no such option.', 6],
    ['ssh --port 22 xcp1', 'ssh has no such option.', 6],
    ['ssh -J a,,b xcp1', 'These are no jump hosts.', 8],
    ['ssh "xcp1', 'A quote is not closed.', 5],
    ['ssh root@xc*', 'This character does not belong in a host name.', 12],
    ['ssh -- -x', 'A host name cannot begin with a hyphen.', 8],
  ])('refuses %j', (text, message, character) => {
    expect(refused(text)).toMatchObject({ code: 'bad-request', message, where: `character ${character}` })
  })
})
