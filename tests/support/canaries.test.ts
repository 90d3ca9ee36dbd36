import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findCanaries, formsOf } from './canaries'

const secret = 'Canary/é+"17" sings'
let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'canaries-'))))
afterEach(() => rmSync(folder, { recursive: true }))

describe('the search for secrets in files', () => {
  it.each(formsOf(secret).map(([form]) => form))('finds %s', (form) => {
    const bytes = formsOf(secret).find(([name]) => name === form)?.[1] ?? Buffer.alloc(0)
    mkdirSync(join(folder, 'below'))
    writeFileSync(join(folder, 'below', 'file'), Buffer.concat([Buffer.from('xx'), bytes, Buffer.from('xx')]))
    expect(findCanaries(folder, [secret])).toContain(`${join(folder, 'below', 'file')}: ${secret} as ${form}`)
  })

  it.each([0, 1, 2, 3, 4])('finds it inside of base64, after %i bytes', (before) => {
    const whole = Buffer.concat([Buffer.alloc(before, 7), Buffer.from(secret), Buffer.from('after')])
    writeFileSync(join(folder, 'file'), whole.toString('base64'))
    expect(findCanaries(folder, [secret])).not.toEqual([])
  })

  it('finds nothing where nothing is', () => {
    writeFileSync(join(folder, 'file'), 'Canary/e+17 sings')
    expect(findCanaries(folder, [secret])).toEqual([])
  })
})
