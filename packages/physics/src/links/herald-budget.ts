import { hasAlpha, heraldedPair, type LinkScheme } from "@bellmesh/hardware";

/** What one imperfection of a link takes from the fidelity of its heralded pairs. */
export interface HeraldTerm {
  /** What it is, such as `dark-counts`. */
  readonly term: string;
  /** By how much the fidelity falls when it joins those listed before it. All of a budget add up to 1 − F. */
  readonly lost: number;
  /** The fidelity if it alone were mended; undefined for what belongs to the scheme itself. */
  readonly fidelityWithout: number | undefined;
}

/** A scheme without one of its imperfections. */
export interface Remedy {
  readonly term: string;
  mended(link: LinkScheme): LinkScheme;
}

/**
 * What each imperfection of a link takes from the fidelity, exactly: the imperfections are put one by one on a link
 * that has none but those its scheme cannot do without (both ends bright, several pairs of a pulse), in the order in
 * which they are listed, and every term is what the fidelity falls by then. So they add up to 1 − F without a rest,
 * and a term depends a little on the order; `fidelityWithout` does not.
 * Where nothing would be heralded but for an imperfection, the whole loss is put down to it.
 * @param alpha bright-state population at the first end, as for `heraldedPair`
 * @param more imperfections from outside the scheme, such as clocks, that come last
 * @throws ParameterError naming the parameter that cannot be.
 */
export function heraldBudget(link: LinkScheme, alpha?: number, more: readonly Remedy[] = []): readonly HeraldTerm[] {
  const remedies = [...remediesOf(link), ...more];
  const fidelityOf = (scheme: LinkScheme): number => {
    const { successProbability, weights } = heraldedPair(scheme, alpha);
    return successProbability > 0 ? weights[0] : 1;
  };
  // The link with the remedies from each place on, the last of them done first.
  const stages: LinkScheme[] = [link];
  for (const remedy of remedies.toReversed()) stages.unshift(remedy.mended(stages[0] as LinkScheme));
  const fidelities = stages.map(fidelityOf);
  const own = 1 - (fidelities[0] as number);
  return [
    ...(own > ROUNDING ? [{ term: ownTerm(link), lost: own, fidelityWithout: undefined }] : []),
    ...remedies.map(({ term, mended }, place) => ({
      term,
      lost: (fidelities[place] as number) - (fidelities[place + 1] as number),
      fidelityWithout: fidelityOf(mended(link)),
    })),
  ];
}

const ROUNDING = 1e-14;

/** What a scheme costs even without any imperfection of its parts. */
function ownTerm(link: LinkScheme): string {
  if (hasAlpha(link)) return "alpha";
  return link.scheme === "midpoint-source" ? "multiple-pairs" : "scheme";
}

/** The imperfections that a scheme's parameters describe, in the order in which they are counted. */
function remediesOf(link: LinkScheme): readonly Remedy[] {
  const setting = (term: string, fields: object): Remedy => ({
    term,
    mended: (scheme) => ({ ...scheme, ...fields }) as LinkScheme,
  });
  const darkCounts = setting("dark-counts", { darkCountProbability: 0 });
  const visibility = setting("visibility", { visibility: 1 });
  switch (link.scheme) {
    case "single-click":
      return [
        darkCounts,
        visibility,
        setting("double-excitation", { doubleExcitationA: 0, doubleExcitationB: 0 }),
        setting("phase", { phaseStdRad: 0, phaseRad: 0 }),
      ];
    case "dahlberg-single-click":
      return [darkCounts, visibility];
    case "double-click":
      return [darkCounts, visibility, setting("emission", { emissionFidelityA: 1, emissionFidelityB: 1 })];
    case "midpoint-source":
      return [darkCounts, setting("misalignment", { misalignment: 0 })];
    case "deterministic":
      return [setting("loss", { transmission: 1 }), setting("thermal-photons", { addedPhotons: 0 })];
    case "depolarise":
      return [setting("white-noise", { fidelity: 1 })];
    case "bit-flip":
      return [setting("bit-flips", { fidelity: 1 })];
    default:
      return [];
  }
}
