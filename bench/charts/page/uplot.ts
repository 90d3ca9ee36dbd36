import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Peer } from './peer'
import { windowAt, type Data, type Scenario } from './scenario'
import { colorOf } from './theme'

/** uPlot with the same picture: axes, grid, lines of the same width and colours; no legend, no cursor. */
export function mountUPlot(stage: HTMLElement, scenario: Scenario, data: Data): Peer {
  const axis = { stroke: colorOf('--color-muted'), font: '11px sans-serif' }
  const plots: UPlot[] = []
  // As ours: a wide line where it is cheap.
  const width = scenario.series * scenario.width > 3_000 ? 1 : 1.25
  const charts = data.values.map((values) => {
    const host = stage.appendChild(document.createElement('div'))
    host.style.cssText = `float:left;width:${scenario.width}px;height:${scenario.height}px`
    const plot = new UPlot(
      {
        width: scenario.width,
        height: scenario.height,
        ms: 1,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_, __, max) => [0, Math.ceil(max / 20) * 20] } },
        axes: [
          { ...axis, grid: { show: false }, ticks: { size: 3 }, size: 24 },
          { ...axis, grid: { stroke: colorOf('--color-grid'), width: 1 }, ticks: { show: false }, size: 44 },
        ],
        series: [
          {},
          ...values.map((_, index) => ({
            stroke: colorOf(`--series-${(index % 8) + 1}`),
            width,
            points: { show: false },
            // As ours: areas below one or two lines.
            ...(values.length <= 2 ? { fill: `${colorOf(`--series-${(index % 8) + 1}`)}22` } : {}),
          })),
        ],
      },
      view(data, values, 0, scenario.points),
      host,
    )
    plots.push(plot)
    return (update: number): void => {
      const { first, end } = windowAt(scenario, update)
      if (scenario.step > 0) plot.setData(view(data, values, first, end))
      else plot.setScale('x', { min: data.times[first] ?? 0, max: data.times[end - 1] ?? 0 })
    }
  })
  return { charts, dispose: () => plots.forEach((plot) => plot.destroy()) }
}

function view(data: Data, values: readonly Float32Array[], first: number, end: number): UPlot.AlignedData {
  return [data.times.subarray(first, end), ...values.map((one) => one.subarray(first, end))]
}
