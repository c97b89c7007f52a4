import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Schemas } from '../api/client';
import { count } from '../ui/format';

const HEIGHT = 220;

/** Matching events over time. */
export function CountsChart({ groups }: { groups: Schemas['QueryGroup'][] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = box;
    if (!current) return;
    const style = getComputedStyle(current);
    const axis = { stroke: style.color, grid: { stroke: '#8884', width: 1 }, ticks: { stroke: '#8884' } };
    const options: uPlot.Options = {
      width: current.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'UTC'),
      axes: [axis, { ...axis, size: 60, values: (_, ticks) => ticks.map((tick) => count(tick)) }],
      series: [
        {},
        {
          stroke: style.getPropertyValue('--graph-account'),
          fill: style.getPropertyValue('--graph-account').replace('rgb(', 'rgba(').replace(')', ', 0.18)'),
          width: 2,
          points: { show: groups.length < 40 },
        },
      ],
    };
    const data: uPlot.AlignedData = [
      groups.map((group) => Date.parse(group.value) / 1_000),
      groups.map((group) => group.count),
    ];
    const chart = new uPlot(options, data, current);
    const sizes = new ResizeObserver(() => chart.setSize({ width: current.clientWidth, height: HEIGHT }));
    sizes.observe(current);
    return () => {
      sizes.disconnect();
      chart.destroy();
    };
  }, [groups]);
  const most = groups.reduce((max, group) => Math.max(max, group.count), 0);
  return (
    <div
      ref={box}
      className="chart"
      role="img"
      aria-label={`Matches over time, at most ${count(most)} at once`}
    />
  );
}
