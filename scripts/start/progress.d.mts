export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}
export function withProgress<T>(what: string, task: () => Promise<T>, stream?: ProgressStream): Promise<T>
