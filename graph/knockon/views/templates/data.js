// The scene as Python wrote it, by id; what is said of a leg is what was known on the day in force.

const parties = new Map(scene.parties.map((party) => [party.id, party]));
const legs = new Map(scene.legs.map((leg) => [leg.id, { ...leg, known: true }]));
const deals = new Map(scene.legs.map((leg) => [leg.deal, leg.title]));
const nodes = new Map(scene.nodes.map((node) => [node.id, node]));
const edges = new Map(scene.edges.map((edge) => [edge.id, edge]));
const groups = new Map(scene.groups.map((group) => [group.id, group]));
const families = new Map(scene.families.map((family) => [family.id, family]));
const firmnesses = new Map(scene.firmness.map((firmness) => [firmness.id, firmness]));

const nameOf = (id) => parties.get(id)?.name ?? id;
const endsOf = (leg) => [leg.payer, leg.payee];
const pairOf = (leg) => JSON.stringify(endsOf(leg));
const bySize = (a, b) => (b.size ?? -1) - (a.size ?? -1) || (a.id < b.id ? -1 : 1);
const dashOf = (leg) => firmnesses.get(leg.firmness).dash;

// On a shock page colour is kept for what is lost, so legs are grey.
const legColour = (leg) => (scene.shock ? "leg" : `family-${leg.family}`);

// Puts every leg back to what was known at the end of a day, and returns those that changed.
function turnTo(day) {
  return [...legs.values()].filter((leg) => {
    if (!leg.moments.length) return false;
    const moment = leg.moments.findLast(({ on }) => on <= day);
    const before = leg.moment;
    Object.assign(leg, moment, { moment, known: Boolean(moment) });
    if (moment) Object.assign(edges.get(leg.id), moment.line);
    return moment !== before;
  });
}

// The sources of a leg that were public on the day in force; the one that gave the amount is marked.
function sourcesOf(leg, day) {
  const marked = leg.claims.map((claim, i) => (leg.moment ? { ...claim, won: i === leg.moment.won } : claim));
  return marked.filter(({ publicOn }) => publicOn <= day);
}
