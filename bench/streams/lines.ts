/** Made-up rows, the same in each run: what matters is how long they are and how often a word is in them. */

const words =
  'VDI attach detach session login host_call storage domain vcpu memory task forwarded destroyed created dispatch completed'.split(
    ' ',
  )
const processes = ['xapi', 'xapi', 'xapi', 'xenopsd', 'squeezed', 'xcp-rrdd', 'xcp-networkd']
const levels = ['debug', 'debug', ' info', ' info', ' warn', 'error']

/** From [0, 1), the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

const pick = <T>(list: readonly T[], random: () => number): T | undefined =>
  list[Math.floor(random() * list.length)]

/** Lines of xensource.log, 180 bytes each with the line feed; one of fifty holds `timeout`. */
export function logLines(count: number, start: Date): Buffer {
  const random = randomFrom(7)
  const lines: string[] = []
  for (let at = 0; at < count; at++) {
    const time = new Date(start.getTime() + at * 10)
    const stamp = `${time.toUTCString().slice(8, 11)} ${String(time.getUTCDate()).padStart(2)} ${time.toISOString().slice(11, 19)}`
    const task = Math.floor(random() * 2 ** 48)
      .toString(16)
      .padStart(12, '0')
    let line = `${stamp} xen01 ${pick(processes, random) ?? ''}: [${pick(levels, random) ?? ''}||${at % 4096} |Async.VM.start R:${task}|xapi_vm] `
    const special = random() < 0.02 ? 'timeout ' : ''
    while (line.length < 165) line += `${pick(words, random) ?? ''} `
    line = (line.slice(0, 170) + special).padEnd(179, '.').slice(0, 179)
    lines.push(line)
  }
  return Buffer.from(`${lines.join('\n')}\n`)
}

/** JSON messages of about 400 bytes; one of forty has the error HANDLE_INVALID. */
export function jsonLines(count: number, start: Date): Buffer {
  const random = randomFrom(11)
  const lines: string[] = []
  for (let at = 0; at < count; at++) {
    const failed = random() < 0.025
    lines.push(
      JSON.stringify({
        time: new Date(start.getTime() + at * 10).toISOString(),
        queue: `org.xen.xapi.${pick(['storage', 'xenops.classic', 'networkd'], random) ?? ''}`,
        id: at,
        method: pick(['SR.stat', 'VDI.attach2', 'DP.destroy2', 'UPDATES.get', 'VM.stat'], random),
        params: {
          sr: Math.floor(random() * 2 ** 48).toString(16),
          vdi: 'b7f1d7fc-0a2b-4e01-9c8d-5f1b1a2c3d4e',
          sharable: false,
        },
        error: failed ? { code: 'HANDLE_INVALID', params: ['VDI', 'OpaqueRef:5f1b1a2c'] } : null,
        text: `${pick(words, random) ?? ''} ${pick(words, random) ?? ''} `
          .repeat(5)
          .padEnd(140, '.')
          .slice(0, 140),
      }),
    )
  }
  return Buffer.from(`${lines.join('\n')}\n`)
}
