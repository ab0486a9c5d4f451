/** Digits to try, each as strokes of points in a square of 280. */

export type Stroke = readonly (readonly [x: number, y: number])[];

const circle = (x: number, y: number, rx: number, ry: number): Stroke =>
  Array.from({ length: 33 }, (_, i) => {
    const angle = (i * Math.PI) / 16 - Math.PI / 2;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)] as const;
  });

export const examples: ReadonlyMap<number, readonly Stroke[]> = new Map([
  [0, [circle(140, 140, 55, 85)]],
  [
    1,
    [
      [
        [120, 80],
        [150, 50],
        [150, 230],
      ],
    ],
  ],
  [
    2,
    [
      [
        [80, 95],
        [100, 60],
        [145, 50],
        [185, 75],
        [185, 115],
        [85, 225],
        [200, 225],
      ],
    ],
  ],
  [
    3,
    [
      [
        [85, 65],
        [140, 50],
        [185, 80],
        [180, 115],
        [130, 135],
        [185, 155],
        [190, 195],
        [145, 230],
        [80, 215],
      ],
    ],
  ],
  [
    4,
    [
      [
        [165, 230],
        [165, 50],
        [75, 165],
        [210, 165],
      ],
    ],
  ],
  [
    7,
    [
      [
        [80, 60],
        [200, 60],
        [130, 230],
      ],
    ],
  ],
]);
