import type { EChartsCoreOption } from 'echarts/core'
import type { AxisTick, TimeTick } from '@shared/units'
import type { PlotGeometry } from './geometry'
import type { ChartTheme } from './theme'

/** What the axes of one chart show; the same content needs no new drawing. */
export interface Axes {
  readonly geometry: PlotGeometry
  readonly times: readonly TimeTick[]
  readonly values: readonly AxisTick[]
}

/** Two states of the axes that look the same. */
export function sameAxes(a: Axes, b: Axes): boolean {
  const g = a.geometry
  const h = b.geometry
  return (
    g.left === h.left &&
    g.top === h.top &&
    g.width === h.width &&
    g.height === h.height &&
    g.from === h.from &&
    g.to === h.to &&
    g.min === h.min &&
    g.max === h.max &&
    sameTicks(a.times, b.times) &&
    sameTicks(a.values, b.values)
  )
}

function sameTicks(a: readonly AxisTick[], b: readonly AxisTick[]): boolean {
  return a.length === b.length && a.every((tick, i) => tick.value === b[i]?.value && tick.text === b[i].text)
}

/**
 * The option of a chart that has axes only. Value axes with ticks of our own: the time axis of ECharts
 * computes its ticks at each update. `outerBoundsMode: 'none'` spares its layout, which the geometry fixes.
 */
export function axesOption(
  axes: Axes,
  theme: ChartTheme,
  size: { width: number; height: number },
): EChartsCoreOption {
  const { geometry } = axes
  return {
    animation: false,
    grid: {
      left: geometry.left,
      top: geometry.top,
      right: size.width - geometry.left - geometry.width,
      bottom: size.height - geometry.top - geometry.height,
      outerBoundsMode: 'none',
    },
    xAxis: {
      ...axis(axes.times, theme, geometry.from, geometry.to),
      axisLine: { show: true, onZero: false, lineStyle: { color: theme.border, width: 1 } },
      axisTick: {
        show: true,
        length: 3,
        lineStyle: { color: theme.border },
        customValues: positions(axes.times),
      },
      splitLine: { show: false },
    },
    yAxis: {
      ...axis(axes.values, theme, geometry.min, geometry.max),
      axisLine: { show: false },
      axisTick: { show: false, customValues: positions(axes.values) },
      splitLine: { show: true, lineStyle: { color: theme.grid, width: 1 } },
    },
  }
}

function axis(ticks: readonly AxisTick[], theme: ChartTheme, min: number, max: number): object {
  const texts = new Map(ticks.map((tick) => [tick.value, tick.text]))
  return {
    type: 'value',
    min,
    max,
    silent: true,
    animation: false,
    axisLabel: {
      customValues: positions(ticks),
      formatter: (value: number) => texts.get(value) ?? '',
      hideOverlap: false,
      showMinLabel: true,
      showMaxLabel: true,
      color: theme.muted,
      fontFamily: theme.font,
      fontSize: theme.fontSize,
      margin: 6,
    },
    axisPointer: { show: false },
  }
}

function positions(ticks: readonly AxisTick[]): number[] {
  return ticks.map((tick) => tick.value)
}
