import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { count } from '../ui/format';
import type { Graph } from './graph';
import { Painter } from './Painter';
import { useLayout } from './useLayout';

const ZOOM_STEP = 1.25;
const PAN_STEP = 60;

/** The graph: drag to move, wheel to zoom, lasso or click to select. The table beside it holds the same accounts. */
export function GraphCanvas({
  graph,
  selected,
  select,
}: {
  graph: Graph;
  selected: ReadonlySet<string>;
  select: (accounts: string[], isAdded: boolean) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<Painter>(undefined);
  const [isLasso, setLasso] = useState(false);
  const layout = useLayout(graph);
  const isFitted = useRef(false);

  useEffect(() => {
    if (!canvas.current || !layout) return;
    painter.current ??= new Painter(canvas.current, graph);
    painter.current.show(graph, layout.places);
    if (!isFitted.current || layout.isDone) painter.current.fit();
    isFitted.current = true;
  }, [graph, layout]);
  useEffect(() => {
    if (!painter.current) return;
    painter.current.selected = selected;
    painter.current.redraw();
  }, [selected]);
  useRedrawOnChange(canvas, painter);
  useWheel(canvas, painter);

  const zoom = (by: number) => {
    const { current } = painter;
    if (current) current.moveTo({ ...current.view, zoom: current.view.zoom * by });
  };
  return (
    <div className="graph">
      <div className="graph-tools">
        <Button className="button" aria-pressed={isLasso} onPress={() => setLasso(!isLasso)}>
          Lasso
        </Button>
        <Button className="button" onPress={() => zoom(ZOOM_STEP)} aria-label="Nearer">
          +
        </Button>
        <Button className="button" onPress={() => zoom(1 / ZOOM_STEP)} aria-label="Farther">
          −
        </Button>
        <Button className="button" onPress={() => painter.current?.fit()}>
          All of it
        </Button>
        <span className="dim" role="status">
          {count(graph.nodes.filter((node) => node.kind === 'account').length)} accounts,{' '}
          {count(graph.links.length)} links
          {!layout?.isDone && ', settling …'}
        </span>
      </div>
      <Drawing canvas={canvas} painter={painter} isLasso={isLasso} graph={graph} select={select} />
    </div>
  );
}

type CanvasRef = React.RefObject<HTMLCanvasElement | null>;
type PainterRef = React.RefObject<Painter | undefined>;

function Drawing({
  canvas,
  painter,
  isLasso,
  graph,
  select,
}: {
  canvas: CanvasRef;
  painter: PainterRef;
  isLasso: boolean;
  graph: Graph;
  select: (accounts: string[], isAdded: boolean) => void;
}) {
  const drag = useRef<{ x: number; y: number; isMoved: boolean }>(undefined);
  const lasso = useRef<[number, number][]>([]);
  const at = (event: PointerEvent): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const down = (event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const [x, y] = at(event);
    drag.current = { x, y, isMoved: false };
    lasso.current = isLasso ? [[x, y]] : [];
  };
  const move = (event: PointerEvent) => {
    const { current } = painter;
    if (!drag.current || !current) return;
    const [x, y] = at(event);
    if (Math.hypot(x - drag.current.x, y - drag.current.y) > 3) drag.current.isMoved = true;
    if (isLasso) {
      lasso.current.push([x, y]);
      current.paintLasso(lasso.current);
      return;
    }
    const { view } = current;
    current.moveTo({
      ...view,
      x: view.x - (x - drag.current.x) / view.zoom,
      y: view.y - (y - drag.current.y) / view.zoom,
    });
    drag.current = { x, y, isMoved: drag.current.isMoved };
  };
  const up = (event: PointerEvent) => {
    const { current } = painter;
    const wasMoved = drag.current?.isMoved ?? false;
    drag.current = undefined;
    if (!current) return;
    if (isLasso && wasMoved) select(current.accountsWithin(lasso.current), event.shiftKey);
    else if (!wasMoved) {
      const account = current.accountAt(...at(event));
      select(account ? [account] : [], event.shiftKey);
    }
    current.redraw();
  };
  const key = (event: React.KeyboardEvent) => {
    const { current } = painter;
    const [dx, dy] = ARROWS[event.key] ?? [0, 0];
    if (!current || (dx === 0 && dy === 0)) return;
    event.preventDefault();
    const { view } = current;
    current.moveTo({
      ...view,
      x: view.x + (dx * PAN_STEP) / view.zoom,
      y: view.y + (dy * PAN_STEP) / view.zoom,
    });
  };
  const accounts = graph.nodes.filter((node) => node.kind === 'account').length;
  return (
    // A picture that arrow keys move; everything in it is in the table, too.

    <canvas
      ref={canvas}
      className={isLasso ? 'lasso' : undefined}
      role="img"
      aria-label={`Graph of ${accounts} accounts and what links them; the table lists the same accounts`}

      tabIndex={0}
      onKeyDown={key}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
    />
  );
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The size of the window and the colours of the theme may change under a picture. */
function useRedrawOnChange(canvas: CanvasRef, painter: PainterRef): void {
  useEffect(() => {
    const redraw = () => painter.current?.redraw();
    const sizes = new ResizeObserver(redraw);
    if (canvas.current) sizes.observe(canvas.current);
    const themes = new MutationObserver(redraw);
    themes.observe(document.documentElement, { attributes: true });
    return () => {
      sizes.disconnect();
      themes.disconnect();
    };
  }, [canvas, painter]);
}

/** React listens to wheels passively, which would let the page scroll away. */
function useWheel(canvas: CanvasRef, painter: PainterRef): void {
  useEffect(() => {
    const element = canvas.current;
    const wheel = (event: WheelEvent) => {
      const { current } = painter;
      if (!current) return;
      event.preventDefault();
      current.moveTo({ ...current.view, zoom: current.view.zoom * 1.0015 ** -event.deltaY });
    };
    element?.addEventListener('wheel', wheel, { passive: false });
    return () => element?.removeEventListener('wheel', wheel);
  }, [canvas, painter]);
}
