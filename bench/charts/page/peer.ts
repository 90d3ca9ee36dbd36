/** One library with its charts on the page. */
export interface Peer {
  /** Draws the state after so many updates, one function a chart. */
  readonly charts: readonly ((update: number) => void)[]
  dispose(): void
}
