import { type Graph, STROKES, isWithin, strokeOf } from './graph';

/** What is seen: the middle of the window in the graph's own measure, and pixels for each unit. */
export interface View {
  x: number;
  y: number;
  zoom: number;
}

interface Colours {
  ground: string;
  ink: string;
  line: string;
  account: string;
  seed: string;
  entity: string;
  selected: string;
}

/** How much of the picture is kept around the window, in windows: moving within it costs one copy. */
const MARGIN = 0.6;
/** Room that a label takes for itself, in pixels. */
const LABEL_WIDTH = 150;
const LABEL_HEIGHT = 15;
const LABEL_CHARS = 26;
const NODE_RADIUS = 5;

/** Draws a graph on a canvas. The links are drawn once into a picture that is larger than the window, and moved with it. */
export class Painter {
  view: View = { x: 0, y: 0, zoom: 1 };
  selected: ReadonlySet<string> = new Set();
  private places: Float32Array = new Float32Array();
  private picture: { canvas: HTMLCanvasElement; view: View } | undefined;
  private isWaiting = false;
  private refresh: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private graph: Graph,
  ) {}

  show(graph: Graph, places: Float32Array): void {
    this.graph = graph;
    this.places = places;
    this.redraw();
  }

  /** Moves the window; the picture is drawn anew once it rests or runs out. */
  moveTo(view: View): void {
    this.view = view;
    clearTimeout(this.refresh);
    this.refresh = setTimeout(() => this.redraw(), 160);
    this.paintSoon();
  }

  redraw(): void {
    this.picture = undefined;
    this.paintSoon();
  }

  /** The whole graph in the window. */
  fit(): void {
    const { width, height } = this.size();
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    this.eachPlace((x, y) => {
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    });
    if (!Number.isFinite(left)) return;
    const zoom = Math.min(2, (width - 60) / (right - left + 1), (height - 60) / (bottom - top + 1));
    this.moveTo({ x: (left + right) / 2, y: (top + bottom) / 2, zoom });
  }

  /** The account under a point of the window. */
  accountAt(x: number, y: number): string | undefined {
    const reach = Math.max(8, NODE_RADIUS * this.view.zoom) ** 2;
    let [found, nearest]: [string | undefined, number] = [undefined, reach];
    this.eachAccount((id, left, top) => {
      const distance = (left - x) ** 2 + (top - y) ** 2;
      if (distance <= nearest) [found, nearest] = [id, distance];
    });
    return found;
  }

  accountsWithin(lasso: [number, number][]): string[] {
    const found: string[] = [];
    this.eachAccount((id, x, y) => {
      if (isWithin(x, y, lasso)) found.push(id);
    });
    return found;
  }

  /** Shows a lasso that is being drawn. */
  paintLasso(lasso: [number, number][]): void {
    this.paint();
    const context = this.canvas.getContext('2d');
    if (!context) return;
    const ratio = devicePixelRatio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.strokeStyle = this.colours().selected;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.beginPath();
    lasso.forEach(([x, y]) => context.lineTo(x, y));
    context.stroke();
    context.setLineDash([]);
  }

  private paintSoon(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.paint();
    });
  }

  private paint(): void {
    const context = this.canvas.getContext('2d');
    const { width, height } = this.size();
    if (!context || width === 0) return;
    const ratio = devicePixelRatio;
    if (
      this.canvas.width !== Math.round(width * ratio) ||
      this.canvas.height !== Math.round(height * ratio)
    ) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.picture = undefined;
    }
    if (!this.picture || this.isOutOf(this.picture.view)) this.picture = this.draw();
    const { canvas: kept, view } = this.picture;
    const scale = this.view.zoom / view.zoom;
    const left = width / 2 + (view.x - this.view.x) * this.view.zoom - (kept.width / ratio / 2) * scale;
    const top = height / 2 + (view.y - this.view.y) * this.view.zoom - (kept.height / ratio / 2) * scale;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = this.colours().ground;
    context.fillRect(0, 0, width, height);
    context.drawImage(kept, left, top, (kept.width / ratio) * scale, (kept.height / ratio) * scale);
  }

  private isOutOf(view: View): boolean {
    const { width, height } = this.size();
    const scale = this.view.zoom / view.zoom;
    const room = MARGIN * Math.min(width, height) * scale;
    const moved = Math.max(Math.abs(view.x - this.view.x), Math.abs(view.y - this.view.y)) * this.view.zoom;
    return moved > room || scale > 3 || scale < 0.5;
  }

  /** The picture: everything in the window and around it. */
  private draw(): { canvas: HTMLCanvasElement; view: View } {
    const { width, height } = this.size();
    const ratio = devicePixelRatio;
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * (1 + 2 * MARGIN) * ratio);
    canvas.height = Math.round(height * (1 + 2 * MARGIN) * ratio);
    const context = canvas.getContext('2d');
    const view = { ...this.view };
    if (context) {
      context.setTransform(ratio, 0, 0, ratio, canvas.width / 2, canvas.height / 2);
      this.drawLinks(context);
      this.drawNodes(context);
      this.drawLabels(context);
    }
    return { canvas, view };
  }

  private drawLinks(context: CanvasRenderingContext2D): void {
    context.strokeStyle = this.colours().line;
    STROKES.forEach(({ width, opacity }, stroke) => {
      context.globalAlpha = opacity;
      context.lineWidth = width;
      context.beginPath();
      for (const link of this.graph.links) {
        if (strokeOf(link.weight) !== stroke) continue;
        context.moveTo(...this.fromMiddle(link.source));
        context.lineTo(...this.fromMiddle(link.target));
      }
      context.stroke();
    });
    context.globalAlpha = 1;
  }

  private drawNodes(context: CanvasRenderingContext2D): void {
    const colours = this.colours();
    const radius = Math.min(9, Math.max(2.5, NODE_RADIUS * Math.sqrt(this.view.zoom)));
    this.graph.nodes.forEach((node, place) => {
      const [x, y] = this.fromMiddle(place);
      context.fillStyle =
        node.kind === 'entity' ? colours.entity : node.isSeed ? colours.seed : colours.account;
      context.beginPath();
      if (node.kind === 'entity')
        context.rect(x - radius * 0.7, y - radius * 0.7, radius * 1.4, radius * 1.4);
      else context.arc(x, y, node.isSeed ? radius * 1.4 : radius, 0, 2 * Math.PI);
      context.fill();
      if (this.selected.has(node.id) && node.kind === 'account') {
        context.strokeStyle = colours.selected;
        context.lineWidth = 2.5;
        context.stroke();
      }
    });
  }

  /** Seeds first, then what is shared, then accounts; one that would cover another is left out. */
  private drawLabels(context: CanvasRenderingContext2D): void {
    context.font = '11px system-ui, sans-serif';
    context.fillStyle = this.colours().ink;
    const taken = new Set<string>();
    const rank = (place: number) => {
      const node = this.graph.nodes[place];
      return node?.isSeed ? 0 : node?.kind === 'entity' ? 1 : 2;
    };
    const order = this.graph.nodes.map((_, place) => place).sort((one, other) => rank(one) - rank(other));
    for (const place of order) {
      const [x, y] = this.fromMiddle(place);
      const [column, row] = [Math.floor(x / LABEL_WIDTH), Math.floor(y / LABEL_HEIGHT)];
      const cells = [-1, 0, 1].map((step) => `${column + step} ${row}`);
      if (
        cells.some((cell) => taken.has(cell)) ||
        taken.has(`${column} ${row - 1}`) ||
        taken.has(`${column} ${row + 1}`)
      )
        continue;
      taken.add(`${column} ${row}`);
      context.fillText(this.graph.nodes[place]?.label.slice(0, LABEL_CHARS) ?? '', x + 11, y + 4);
    }
  }

  /** Where a node lies, in pixels from the middle of the window. */
  private fromMiddle(place: number): [number, number] {
    const { x, y, zoom } = this.view;
    return [((this.places[place * 2] ?? 0) - x) * zoom, ((this.places[place * 2 + 1] ?? 0) - y) * zoom];
  }

  private eachPlace(visit: (x: number, y: number) => void): void {
    for (let place = 0; place < this.places.length; place += 2) {
      visit(this.places[place] ?? 0, this.places[place + 1] ?? 0);
    }
  }

  private eachAccount(visit: (id: string, x: number, y: number) => void): void {
    const { width, height } = this.size();
    this.graph.nodes.forEach((node, place) => {
      if (node.kind !== 'account') return;
      const [x, y] = this.fromMiddle(place);
      visit(node.id, x + width / 2, y + height / 2);
    });
  }

  private size(): { width: number; height: number } {
    return { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
  }

  private colours(): Colours {
    const style = getComputedStyle(this.canvas);
    const of = (name: keyof Colours) => style.getPropertyValue(`--graph-${name}`);
    return {
      ground: of('ground'),
      ink: of('ink'),
      line: of('line'),
      account: of('account'),
      seed: of('seed'),
      entity: of('entity'),
      selected: of('selected'),
    };
  }
}
