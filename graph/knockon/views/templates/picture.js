// The picture: what vis draws, in our shapes and colours. Knows nothing of filters, only what to show.

const CHIEFS = 12; // parties that are always named, in bold
const CHIEF_LOSERS = 9; // the same on a shock page, with what they lose
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

const VIS_OPTIONS = {
  physics: false,
  layout: { improvedLayout: false },
  interaction: {
    hover: true,
    hoverConnectedEdges: false,
    selectConnectedEdges: false,
    tooltipDelay: 1e9,
    zoomSpeed: 0.6,
  },
  nodes: { shape: "dot", color: "rgba(0,0,0,0)", borderWidth: 0, chosen: false }, // drawn by #drawNode instead
  edges: { chosen: false, hoverWidth: 0, selectionWidth: 0 },
};

class Picture {
  #container;
  #on;
  #network;
  #nodeSet = new vis.DataSet();
  #edgeSet = new vis.DataSet();
  #members = new Map(); // drawn edge -> the ids of its legs: one, or all of a pair when bundled
  #sent = new Map(); // drawn edge -> what vis was last told of it, as JSON: telling it again is slow
  #moved = new Map(); // places the reader has dragged a party to
  #focus = { selected: null, hovered: null, near: null }; // near: ids that stay bright; null: all do
  #ranks = ranked();
  #world;
  #spots;

  // `first` is what to show at once: its visible legs, and whether to bundle them.
  // `on` holds the listeners: select(kind, id), clear(), and tip(what, point) for what lies under the pointer.
  constructor(container, first, on) {
    this.#container = container;
    this.#on = on;
    this.#measure();
    this.show(first.visible, first.bundle); // before vis reads the sets: one pass instead of one per change
    this.#network = new vis.Network(container, { nodes: this.#nodeSet, edges: this.#edgeSet }, VIS_OPTIONS);
    container.querySelector(".vis-network").tabIndex = -1; // the table is the way in by keyboard
    this.#listen();
    this.#lookAtAll(false);
  }

  // Shows these legs, and of the parties only those that still have one.
  show(visible, bundle) {
    this.#members = bundle ? bundled(visible) : new Map(visible.map((leg) => [leg.id, [leg.id]]));
    const ends = new Set(visible.flatMap(endsOf));
    const gone = this.#nodeSet.getIds().filter((id) => !ends.has(id));
    const fresh = [...ends].filter((id) => !this.#nodeSet.get(id));
    if (gone.length) this.#nodeSet.remove(gone);
    if (fresh.length) this.#nodeSet.add(fresh.map((id) => this.#nodeItem(id)));
    this.#tellEdges();
  }

  // Tells vis how large the parties now are: it ends lines at their rims and feels for the pointer there.
  resize() {
    this.#nodeSet.update(this.#nodeSet.getIds().map((id) => this.#nodeItem(id)));
    this.repaint();
  }

  // Brightens what belongs to the selection, its legs and the parties it names, and dims the rest.
  select(ids, parties) {
    const chosen = new Set(ids);
    const lit = [...this.#members.keys()].filter((key) => this.#members.get(key).some((id) => chosen.has(id)));
    const own = parties.filter((id) => this.#nodeSet.get(id));
    this.#focus.selected = own.length === 1 ? own[0] : own.length === 0 && lit.length === 1 ? lit[0] : null;
    const near = [...lit, ...own, ...lit.flatMap((key) => this.#endsOf(key))];
    this.#focus.near = near.length ? new Set(near) : null;
    this.repaint();
  }

  // Lights up one party or leg for as long as the pointer or the keyboard is on it.
  hover(id, point = null) {
    const key = id === null || this.#nodeSet.get(id) || this.#members.has(id) ? id : this.#edgeWith(id);
    this.#focus.hovered = key;
    this.#container.style.cursor = key === null ? "" : "pointer";
    this.#on.tip(
      key === null || point === null ? null : this.#nodeSet.get(key) ? ["party", key] : this.#target(key),
      point,
    );
    this.repaint();
  }

  repaint() {
    this.#tellEdges();
    this.#network.redraw();
  }

  goTo(id) {
    if (!this.#nodeSet.get(id)) return;
    const scale = Math.max(this.#network.getScale(), 1.15 / this.#world.k);
    this.#network.moveTo({ position: this.#network.getPosition(id), scale, animation: this.#glide() });
  }

  fit() {
    this.#putBack();
    this.#lookAtAll(this.#glide());
  }

  zoom(factor) {
    this.#network.moveTo({ scale: this.#network.getScale() * factor, animation: this.#glide() });
  }

  drawn() {
    return { nodes: this.#nodeSet.length, edges: this.#edgeSet.length };
  }

  // The mark that the pointer or the keyboard is on, else the selected one.
  lit() {
    return this.#focus.hovered ?? this.#focus.selected;
  }

  where(id) {
    return this.#network.canvasToDOM(this.#network.getPosition(id));
  }

  canvas() {
    return this.#container.querySelector("canvas");
  }

  // Listening

  #listen() {
    const network = this.#network;
    network.on("afterDrawing", (ctx) => (this.#drawNodes(ctx), this.#drawLabels(ctx)));
    network.on("click", ({ nodes: [node], edges: [edge] }) => {
      if (node) this.#on.select("party", node);
      else if (edge) this.#on.select(...this.#target(edge));
      else this.#on.clear();
    });
    network.on("hoverNode", ({ node, pointer }) => this.hover(node, pointer.DOM));
    network.on("hoverEdge", ({ edge, pointer }) => this.hover(edge, pointer.DOM));
    network.on("blurNode", () => this.hover(null));
    network.on("blurEdge", () => this.hover(null));
    network.on("dragEnd", ({ nodes: ids }) => {
      for (const [id, spot] of Object.entries(network.getPositions(ids))) this.#moved.set(id, spot);
    });
    wheelNeedsCtrl(this.#container);
    new ResizeObserver(() => this.#resized()).observe(this.#container);
  }

  #resized() {
    const before = this.#world;
    const after = worldFor(this.#container);
    if (Math.abs(before.w - after.w) + Math.abs(before.h - after.h) < 24) return;
    this.#measure();
    this.#putBack();
    this.#lookAtAll(false);
  }

  // Places

  #measure() {
    this.#world = worldFor(this.#container);
    this.#spots = spread(this.#world);
  }

  #nodeItem(id) {
    return { id, size: nodeLook(id, false).size * 1.1, ...(this.#moved.get(id) ?? this.#spots.get(id)) };
  }

  #putBack() {
    this.#moved.clear();
    this.#nodeSet.update(this.#nodeSet.getIds().map((id) => this.#nodeItem(id)));
  }

  #lookAtAll(animation) {
    const { w, h, k } = this.#world;
    this.#network.moveTo({ position: { x: w / 2, y: h / 2 }, scale: 1 / k, animation });
  }

  #glide() {
    return STILL.matches ? false : { duration: 350, easingFunction: "easeInOutQuad" };
  }

  // Edges

  #tellEdges() {
    const gone = [...this.#sent.keys()].filter((key) => !this.#members.has(key));
    const items = [...this.#members.keys()].map((key) => this.#edgeItem(key));
    const changed = items.filter((item) => this.#sent.get(item.id) !== JSON.stringify(item));
    gone.forEach((key) => this.#sent.delete(key));
    changed.forEach((item) => this.#sent.set(item.id, JSON.stringify(item)));
    if (gone.length) this.#edgeSet.remove(gone);
    if (changed.length) this.#edgeSet.update(changed);
  }

  #edgeItem(key) {
    const { near, hovered, selected } = this.#focus;
    const bright = near === null || near.has(key);
    const lit = hovered === key || selected === key || (near !== null && bright);
    return edgeItem(key, this.#members.get(key), bright, lit);
  }

  // What an edge stands for: one leg, or the bundle of a pair.
  #target(key) {
    const ids = this.#members.get(key);
    return ids.length > 1 ? ["pair", key] : ["leg", ids[0]];
  }

  #endsOf(key) {
    const leg = legs.get(this.#members.get(key)[0]);
    return [leg.payer, leg.payee];
  }

  #edgeWith(leg) {
    return [...this.#members.keys()].find((key) => this.#members.get(key).includes(leg)) ?? null;
  }

  // Nodes and labels, drawn by us after vis has drawn the edges

  #drawNodes(ctx) {
    const { near } = this.#focus;
    const ids = this.#nodeSet.getIds();
    const draw = (id, opacity) => drawNode(ctx, nodeLook(id, this.#isLit(id)), this.#network.getPosition(id), opacity);
    for (const id of ids.filter((id) => near && !near.has(id))) draw(id, FAINT);
    for (const id of ids.filter((id) => !near || near.has(id))) draw(id, 1);
  }

  #isLit(id) {
    return this.#focus.selected === id || this.#focus.hovered === id;
  }

  #drawLabels(ctx) {
    const { clientWidth: w, clientHeight: h } = this.#container;
    const ratio = ctx.canvas.width / w;
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawLabels(ctx, this.#labels(w, h), w, h);
    ctx.restore();
  }

  #labels(w, h) {
    const marks = this.#nodeSet.getIds().map((id) => this.#labelOf(id));
    return marks.filter(({ x, y }) => x > -9 && y > -9 && x < w + 9 && y < h + 9);
  }

  #labelOf(id) {
    const { near } = this.#focus;
    const rank = this.#ranks.get(id);
    const chief = rank < (scene.shock ? CHIEF_LOSERS : CHIEFS);
    const own = this.#isLit(id);
    return {
      id,
      rank,
      ...this.where(id),
      r: nodeLook(id, false).size * this.#network.getScale(),
      text: shortened(nameOf(id)),
      sub: scene.shock && (chief || own) ? lossNow(id).words : "",
      strong: chief || own,
      must: own || (near ? near.has(id) && near.size < 60 : chief),
      faint: near !== null && !near.has(id),
    };
  }

  // The picture in screen pixels, for those who draw it elsewhere: edges, then nodes, then labels.
  parts() {
    const { clientWidth: width, clientHeight: height } = this.#container;
    const scale = this.#network.getScale();
    const spot = (id) => ({ ...this.where(id), r: nodeLook(id, false).size * scale });
    const faint = (id) => this.#focus.near !== null && !this.#focus.near.has(id);
    return {
      width,
      height,
      scale,
      edges: [...this.#members.keys()].map((key) => {
        const item = this.#edgeItem(key);
        return { ...item, from: spot(item.from), to: spot(item.to) };
      }),
      nodes: this.#nodeSet.getIds().map((id) => ({ ...nodeLook(id, this.#isLit(id)), ...spot(id), faint: faint(id) })),
      labels: this.#labels(width, height),
    };
  }
}
