// What several instruments of a tab share: the drawing above is the drawing of all the steps below.
(function (kit) {
  const stores = {};
  // shared("denoise", {strength: 0.3}) -> the one store of that name: {state, set({...}), follow(element, react)}.
  // react(state) runs at each change while `element` is laid out; those in closed steps catch up when they are opened.
  kit.shared = (name, initial = {}) => {
    if (stores[name]) return stores[name];
    const followers = new Set();
    const store = {
      state: { ...initial },
      set(changes) {
        Object.assign(store.state, changes);
        for (const follower of followers) follower.tell();
      },
      follow(element, react) {
        let stale = true;
        const follower = {
          tell() {
            if (element.isConnected && element.offsetParent !== null) { stale = false; react(store.state); }
            else stale = true;
          },
        };
        followers.add(follower);
        new ResizeObserver(() => { if (stale) follower.tell(); }).observe(element); // it was opened, or shown again
      },
    };
    return (stores[name] = store);
  };
})(window.kit);
