export interface Choice {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly root: string
  readonly uid: number | undefined
  readonly fetch?: (root: string) => Promise<string | null>
}
export const silence: number
export function chooseShell(choice: Choice): Promise<{ binary: string } | { why: string | null }>
export function electronBinary(
  root: string,
  env?: Readonly<Record<string, string | undefined>>,
): string | null
export function fetchElectron(root: string, quietFor?: number): Promise<string | null>
export function install(
  installer: string,
  places: readonly string[],
  quietFor: number,
): Promise<string | null>
export function runElectron(binary: string, root: string, args: readonly string[]): Promise<number>
