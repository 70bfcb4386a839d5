/** What the samples' programs differ in, beside how they write. */
export interface ClassicProgram {
  /** Seconds of its own time that a tick stands for. */
  readonly tickS: number;
  /** Chances of the unwanted vibrations to begin, for each tick without them; damping undefined = it knows none. */
  readonly begins: {
    readonly forced: number;
    readonly increasing: number;
    readonly damping?: number;
  };
  /** When a tick draws the temperature: after the speed, at its end, or never. */
  readonly temperature: "afterSpeed" | "last" | "never";
  /** The Node.js program's defect: unwanted vibrations are undefined, not 0, until something sets them. */
  readonly undefinedVibrations: boolean;
}

const BEGINS = { forced: 0.1, increasing: 0.05 } as const;

/** The C# program, in the modules and in the labs. */
export const CSHARP_PROGRAM: ClassicProgram = {
  tickS: 2,
  begins: BEGINS,
  temperature: "last",
  undefinedVibrations: false,
};

export const NODE_PROGRAM: ClassicProgram = {
  tickS: 2,
  begins: BEGINS,
  temperature: "afterSpeed",
  undefinedVibrations: true,
};

/** The first C# program of the module, with a vibration that damps all others. */
export const DRAFT_PROGRAM: ClassicProgram = {
  tickS: 3,
  begins: { forced: 0.01, increasing: 0.01, damping: 0.01 },
  temperature: "never",
  undefinedVibrations: false,
};
