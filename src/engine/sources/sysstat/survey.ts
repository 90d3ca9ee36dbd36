import type { ProbeContext } from '../source'
import type { SysstatOptions } from './options'

/** What a look at a host told, in one command. */
export interface Survey {
  /** Of `sadf`, as [12, 6]; null where there is none. */
  readonly version: readonly [major: number, minor: number] | null
  /** Seconds of the host's clock. */
  readonly now: number
  /** Bytes. */
  readonly pageSize: number
  readonly folders: readonly string[]
  readonly files: readonly ArchiveFile[]
  /** Output can be packed there. */
  readonly hasGzip: boolean
  /** Debian's switch says that nothing is collected. */
  readonly isOff: boolean
  /** `dev8-0` -> `sda`: how old versions call block devices. */
  readonly devices: ReadonlyMap<string, string>
  /** Network interfaces that have a device behind them. */
  readonly hardware: ReadonlySet<string>
}

export interface ArchiveFile {
  readonly path: string
  /** Seconds of the host's clock: the last record was written. */
  readonly modified: number
  /** Bytes. */
  readonly size: number
  readonly isReadable: boolean
}

const deadline = 10_000
const maxBytes = 2 ** 20

/** Prints a line for each thing found: a word that says what it is, then the thing. */
const script = `
LC_ALL=C; export LC_ALL
program=$1; shift
command -v "$program" >/dev/null 2>&1 || exit 0
"$program" -V 2>&1 | sed -n 's/.*sysstat version /version /p'
echo "now $(date +%s)"
echo "page $(getconf PAGESIZE 2>/dev/null)"
command -v gzip >/dev/null 2>&1 && echo gzip
for folder do
  [ -d "$folder" ] || continue
  echo "folder $folder"
  stat -c 'file %Y %s %n' "$folder"/sa[0-9]* 2>/dev/null
  for file in "$folder"/sa[0-9]*; do [ -e "$file" ] && [ ! -r "$file" ] && echo "refused $file"; done
done
grep -hs '^ENABLED=' /etc/default/sysstat
[ -r /proc/diskstats ] && sed 's/^ *\\([0-9]*\\) *\\([0-9]*\\) *\\([^ ]*\\) .*/device \\1-\\2 \\3/' /proc/diskstats
for place in /sys/class/net/*/device/uevent; do [ -e "$place" ] && echo "hardware $place"; done
exit 0
`

export async function survey(
  { transport, signal }: ProbeContext,
  { program, folders }: Pick<SysstatOptions, 'program' | 'folders'>,
): Promise<Survey> {
  const { stdout } = await transport.exec(['sh', '-c', script, 'sh', program, ...folders], {
    signal,
    deadline,
    maxBytes,
  })
  return parseSurvey(Buffer.from(stdout).toString('utf8'))
}

/** Exported for tests. */
export function parseSurvey(text: string): Survey {
  const lines = text.split('\n')
  const all = (pattern: RegExp): RegExpExecArray[] =>
    lines.map((line) => pattern.exec(line)).filter((match) => match !== null)
  const number = (pattern: RegExp): number => Number(all(pattern)[0]?.[1] ?? NaN)
  const [version] = all(/^version (\d+)\.(\d+)/)
  const refused = new Set(all(/^refused (.+)$/).map(([, path = '']) => path))
  return {
    version: version ? [Number(version[1]), Number(version[2])] : null,
    now: number(/^now (\d+)$/),
    pageSize: number(/^page (\d+)$/),
    folders: all(/^folder (.+)$/).map(([, path = '']) => path),
    files: all(/^file (\d+) (\d+) (.+)$/).map(([, modified, size, path = '']) => ({
      path,
      modified: Number(modified),
      size: Number(size),
      isReadable: !refused.has(path),
    })),
    hasGzip: lines.includes('gzip'),
    isOff: all(/^ENABLED=["']?false/).length > 0,
    devices: new Map(
      all(/^device (\d+-\d+) (\S+)$/).map(([, numbers = '', name = '']) => [`dev${numbers}`, name]),
    ),
    hardware: new Set(all(/^hardware \/sys\/class\/net\/([^/]+)\//).map(([, name = '']) => name)),
  }
}
