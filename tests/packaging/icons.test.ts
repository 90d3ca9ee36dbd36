import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string): Buffer => readFileSync(join(root, path))
const config = v.parse(
  v.object({
    linux: v.object({ icon: v.string() }),
    mac: v.object({ icon: v.string() }),
    win: v.object({ icon: v.string() }),
  }),
  JSON.parse(read('electron-builder.json').toString()),
)

/** Width and height that a PNG says it has (its IHDR), and that it has transparency. */
function sizeOf(png: Buffer): number {
  expect(png.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n')
  expect(png.readUInt32BE(16)).toBe(png.readUInt32BE(20))
  expect(png.readUInt8(25)).toBe(6)
  expect(png.subarray(-8, -4).toString('latin1')).toBe('IEND')
  return png.readUInt32BE(16)
}

describe('the application’s icon', () => {
  it('is drawn from the window’s icon as it is now (npm run icons)', () => {
    const digest = createHash('sha256').update(read('src/renderer/icon.svg')).digest('hex')
    expect(read('packaging/icon.sha256').toString().trim()).toBe(digest)
  })

  it('has a picture of each size for Linux', () => {
    const names = readdirSync(join(root, config.linux.icon))
    expect(names.length).toBeGreaterThanOrEqual(7)
    for (const name of names) {
      const size = sizeOf(read(join(config.linux.icon, name)))
      expect(name).toBe(`${size}x${size}.png`)
    }
    expect(names).toContain('512x512.png')
  })

  it('is a container of PNG pictures up to 256 for Windows', () => {
    const file = read(config.win.icon)
    expect([file.readUInt16LE(0), file.readUInt16LE(2)]).toEqual([0, 1])
    const sizes = Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
      const at = 6 + 16 * index
      const [length, offset] = [file.readUInt32LE(at + 8), file.readUInt32LE(at + 12)]
      const size = sizeOf(file.subarray(offset, offset + length))
      expect(file.readUInt8(at)).toBe(size % 256)
      return size
    })
    expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256])
  })

  it('is a container of PNG pictures up to 1024 for macOS', () => {
    const file = read(config.mac.icon)
    expect(file.subarray(0, 4).toString('latin1')).toBe('icns')
    expect(file.readUInt32BE(4)).toBe(file.length)
    const found: Record<string, number> = {}
    for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4)) {
      const type = file.subarray(at, at + 4).toString('latin1')
      found[type] = sizeOf(file.subarray(at + 8, at + file.readUInt32BE(at + 4)))
    }
    expect(found).toEqual({
      ic11: 32,
      ic12: 64,
      ic07: 128,
      ic13: 256,
      ic08: 256,
      ic14: 512,
      ic09: 512,
      ic10: 1024,
    })
  })
})
