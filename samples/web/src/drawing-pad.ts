/** Owns the pad: strokes by pointer or keys, and what is drawn as the image that the network knows. */

const width = 22;
const step = 10;

export class DrawingPad {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #pen: HTMLElement;
  readonly #onChange: () => void;
  /** Where the keys have the pen, and whether it is down. */
  #at = { x: 140, y: 60 };
  #isDown = false;

  /** What follows the canvas is moved to where the keys have the pen. */
  constructor(canvas: HTMLCanvasElement, onChange: () => void) {
    const pen = canvas.nextElementSibling;
    if (!(pen instanceof HTMLElement)) throw new Error("the pad has no pen");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("this browser has no 2D canvas");
    this.#canvas = canvas;
    this.#context = context;
    this.#pen = pen;
    this.#onChange = onChange;
    context.lineWidth = width;
    context.lineCap = "round";
    context.lineJoin = "round";
    this.clear();
    this.#showPen();
    let last: { x: number; y: number } | undefined;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      last = this.#place(event);
      this.line(last, last);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (last === undefined) return;
      const next = this.#place(event);
      this.line(last, next);
      last = next;
    });
    const stop = (): void => {
      last = undefined;
    };
    canvas.addEventListener("pointerup", stop);
    canvas.addEventListener("pointercancel", stop);
    canvas.addEventListener("keydown", (event) => {
      if (this.#key(event.key)) event.preventDefault();
    });
  }

  clear(): void {
    this.#context.fillStyle = "#fff";
    this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#isDown = false;
    this.#onChange();
  }

  stroke(points: readonly (readonly [x: number, y: number])[]): void {
    points.forEach(([x, y], i) => {
      const [fromX, fromY] = points[Math.max(0, i - 1)] ?? [x, y];
      this.line({ x: fromX, y: fromY }, { x, y });
    });
  }

  line(from: { x: number; y: number }, to: { x: number; y: number }): void {
    this.#context.strokeStyle = "#000";
    this.#context.beginPath();
    this.#context.moveTo(from.x, from.y);
    this.#context.lineTo(to.x, to.y);
    this.#context.stroke();
    this.#onChange();
  }

  /**
   * As the images of MNIST were made: what is drawn fits into 20×20, and its center of mass lies in the
   * middle of 28×28. Undefined where nothing is drawn.
   */
  image(): Float32Array | undefined {
    const { width, height } = this.#canvas;
    const ink = inkOf(this.#context.getImageData(0, 0, width, height));
    const box = boundsOf(ink, width);
    if (box === undefined) return undefined;
    const scale = 20 / Math.max(box.width, box.height);
    const middle = centerOf(ink, width);
    const small = new OffscreenCanvas(28, 28).getContext("2d", { willReadFrequently: true })!;
    small.fillStyle = "#fff";
    small.fillRect(0, 0, 28, 28);
    small.imageSmoothingQuality = "high";
    small.drawImage(
      this.#canvas,
      14 - (middle.x + 0.5) * scale,
      14 - (middle.y + 0.5) * scale,
      width * scale,
      height * scale,
    );
    return inkOf(small.getImageData(0, 0, 28, 28));
  }

  #place(event: PointerEvent): { x: number; y: number } {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - left) / width) * this.#canvas.width,
      y: ((event.clientY - top) / height) * this.#canvas.height,
    };
  }

  /** Whether the key means something here. */
  #key(key: string): boolean {
    if (key === "Delete" || key === "Backspace") this.clear();
    else if (key === " ") {
      this.#isDown = !this.#isDown;
      if (this.#isDown) this.line(this.#at, this.#at);
    } else if (key.startsWith("Arrow")) {
      const { x, y } = this.#at;
      const [dx, dy] = moves[key] ?? [0, 0];
      this.#at = { x: within(x + dx * step), y: within(y + dy * step) };
      if (this.#isDown) this.line({ x, y }, this.#at);
    } else return false;
    this.#showPen();
    return true;
  }

  #showPen(): void {
    this.#pen.style.left = `${(100 * this.#at.x) / this.#canvas.width}%`;
    this.#pen.style.top = `${(100 * this.#at.y) / this.#canvas.height}%`;
    this.#pen.classList.toggle("down", this.#isDown);
  }
}

const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const within = (x: number): number => Math.max(width / 2, Math.min(280 - width / 2, x));

const inkOf = ({ data }: ImageData): Float32Array =>
  Float32Array.from({ length: data.length / 4 }, (_, i) => 1 - (data[4 * i] ?? 255) / 255);

function boundsOf(ink: Float32Array, width: number) {
  let [left, right, top, bottom] = [width, -1, width, -1];
  ink.forEach((value, i) => {
    if (value < 0.1) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  });
  return right < 0 ? undefined : { width: right - left + 1, height: bottom - top + 1 };
}

function centerOf(ink: Float32Array, width: number) {
  let [x, y, sum] = [0, 0, 0];
  ink.forEach((value, i) => {
    x += value * (i % width);
    y += value * Math.floor(i / width);
    sum += value;
  });
  return { x: x / sum, y: y / sum };
}
