import { TimePlot } from '../../../src/renderer/charts/plot'
import { redraws } from '../../../src/renderer/charts/redraw'
import type { ChartSeries } from '../../../src/renderer/charts/series'
import { chartTheme } from '../../../src/renderer/charts/theme'
import type { Peer } from './peer'
import { interval, windowAt, type Data, type Scenario } from './scenario'

export function mountOurs(stage: HTMLElement, scenario: Scenario, data: Data): Peer {
  const size = { width: scenario.width, height: scenario.height }
  const plots: TimePlot[] = []
  const charts = data.values.map((values) => {
    const host = stage.appendChild(document.createElement('div'))
    host.style.cssText = `float:left;width:${size.width}px;height:${size.height}px`
    const plot = new TimePlot(host, size)
    plots.push(plot)
    return (update: number): void => {
      const { first, end } = windowAt(scenario, update)
      const series = values.map((one, index): ChartSeries => ({
        name: `series ${index}`,
        color: `--series-${(index % 8) + 1}`,
        interval,
        times: data.times,
        values: one,
        length: scenario.step > 0 ? end : one.length,
      }))
      const from = data.times[first] ?? 0
      const to = data.times[end - 1] ?? 0
      plot.draw(
        { series, from, to, units: 'count', stacked: false, thresholds: [], annotations: [] },
        chartTheme(),
        size,
      )
    }
  })
  return { charts, dispose: () => plots.forEach((plot) => plot.dispose()) }
}

/** Draws as the console does: asked for all at once, drawn by the page's scheduler. */
export function paceByScheduler(
  stage: HTMLElement,
  peer: Peer,
  drawn: (milliseconds: number) => void,
): { request(update: number): void; stop(): void } {
  let update = 0
  const handles = peer.charts.map((chart, index) =>
    redraws().add({
      element: stage.children[index] ?? stage,
      small: false,
      draw() {
        const begin = performance.now()
        chart(update)
        drawn(performance.now() - begin)
      },
    }),
  )
  return {
    request(next) {
      update = next
      for (const handle of handles) handle.request()
    },
    stop: () => handles.forEach((handle) => handle.remove()),
  }
}
