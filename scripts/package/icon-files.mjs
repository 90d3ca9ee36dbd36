/** Containers of PNG pictures. Both take a map of sizes (pixels each way) to PNG files. */

/** Windows: a directory of 16 bytes for each picture; PNG is allowed since Vista (ICONDIR, ICONDIRENTRY). */
export function ico(pictures) {
  const header = Buffer.alloc(6 + 16 * pictures.size)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(pictures.size, 4)
  let offset = header.length
  for (const [index, [size, png]] of [...pictures].entries()) {
    const at = 6 + 16 * index
    // 0 stands for 256.
    header.writeUInt8(size % 256, at)
    header.writeUInt8(size % 256, at + 1)
    header.writeUInt16LE(1, at + 4)
    header.writeUInt16LE(32, at + 6)
    header.writeUInt32LE(png.length, at + 8)
    header.writeUInt32LE(offset, at + 12)
    offset += png.length
  }
  return Buffer.concat([header, ...pictures.values()])
}

/** macOS: four letters for each size, the last five also for screens of two pixels a point. */
const types = { ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 }

/** macOS: `icns` and the length of all, then blocks of a type, their length and a picture, big endian. */
export function icns(pictures) {
  const blocks = Object.entries(types).map(([type, size]) => block(type, pictures.get(size)))
  return block('icns', Buffer.concat(blocks))
}

function block(type, content) {
  const head = Buffer.alloc(8)
  head.write(type, 'latin1')
  head.writeUInt32BE(head.length + content.length, 4)
  return Buffer.concat([head, content])
}
