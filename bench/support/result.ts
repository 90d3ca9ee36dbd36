/** One measured figure. A ratio's `peer` says what it was measured against, in the same run. */
export interface BenchResult {
  readonly figure: string
  readonly value: number | null
  readonly unit: string
  readonly peer?: string
  readonly aim?: string
  readonly met?: boolean
}
