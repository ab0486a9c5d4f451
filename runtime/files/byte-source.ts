/** Owns how readers get at a file: piece by piece, so that no more of it is in memory than is needed. */

export interface ByteSource {
  /** In bytes; undefined where only the end will tell. */
  readonly length: number | undefined;
  /** Whether it can only be read forwards: what was passed is gone, but for the first `headLength` bytes. */
  readonly isSequential: boolean;
  /** Whether nobody else has the bytes that `read` gives. */
  readonly givesCopies: boolean;
  /** The bytes from `begin` to `end`, or to the end of the file if that comes first. */
  read(begin: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Enough to tell formats apart. */
export const headLength = 64;

const nothing: Uint8Array = new Uint8Array();

/** A file in memory, of which views are given. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  // A plain Uint8Array, because the views of a Node Buffer are Buffers, whose slice does not copy.
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    length: file.length,
    isSequential: false,
    givesCopies: false,
    read: async (begin, end) => file.subarray(begin, end),
    close: async () => undefined,
  };
}

export function blobSource(blob: Blob): ByteSource {
  return {
    length: blob.size,
    isSequential: false,
    givesCopies: true,
    read: async (begin, end) => new Uint8Array(await blob.slice(begin, end).arrayBuffer()),
    close: async () => undefined,
  };
}

/** All bytes of a file. */
export const readWhole = (source: ByteSource): Promise<Uint8Array> =>
  source.read(0, source.length ?? Number.MAX_SAFE_INTEGER);

/** What comes in pieces, as from a network. Its length is not taken from headers, which may count compressed bytes. */
export async function streamSource(stream: ReadableStream<Uint8Array>): Promise<ByteSource> {
  const pieces = new Pieces(stream.getReader());
  const head = await pieces.take(headLength);
  return {
    length: undefined,
    isSequential: true,
    givesCopies: true,
    async read(begin, end) {
      if (begin >= head.length) return await pieces.read(begin, end);
      const first = head.slice(begin, end);
      if (end <= head.length) return first;
      const rest = await pieces.read(head.length, end);
      const both = new Uint8Array(first.length + rest.length);
      both.set(first);
      both.set(rest, first.length);
      return both;
    },
    close: () => pieces.close(),
  };
}

/** Memory for what a file only promises is taken as its bytes come: so much at first, then four times as much. */
const firstBytes = 2 ** 20;
const growth = 4;

class Pieces {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  /** Where the next byte lies in the file. */
  #at = 0;
  /** What has come and was not taken. */
  #piece = nothing;

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#reader = reader;
  }

  async read(begin: number, end: number): Promise<Uint8Array> {
    if (begin < this.#at)
      throw new Error(`byte ${begin} of a stream is asked for after ${this.#at}`);
    while (this.#at < begin && (await this.#fill())) this.#use(begin - this.#at);
    return this.#at < begin ? nothing : await this.take(end - begin);
  }

  /** The next `count` bytes, or all that are left. */
  async take(count: number): Promise<Uint8Array> {
    let bytes = new Uint8Array(Math.min(count, firstBytes));
    let length = 0;
    while (length < count && (await this.#fill())) {
      if (length === bytes.length) {
        const larger = new Uint8Array(Math.min(count, growth * length));
        larger.set(bytes);
        bytes = larger;
      }
      const piece = this.#use(bytes.length - length);
      bytes.set(piece, length);
      length += piece.length;
    }
    return length === bytes.length ? bytes : bytes.slice(0, length);
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
  }

  /** Whether there is a byte. */
  async #fill(): Promise<boolean> {
    while (this.#piece.length === 0) {
      const { done, value } = await this.#reader.read();
      if (done) return false;
      this.#piece = value;
    }
    return true;
  }

  #use(most: number): Uint8Array {
    const used = this.#piece.subarray(0, most);
    this.#piece = this.#piece.subarray(used.length);
    this.#at += used.length;
    return used;
  }
}
