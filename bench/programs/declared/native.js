/** A resource of the plugin, as the classes of a generated SDK register it. Roster's package isn't loaded. */
const pulumi = require("@pulumi/pulumi");

exports.classOf = (kind) =>
  class extends pulumi.CustomResource {
    constructor(name, args) {
      super(`roster:index:${kind}`, name, args);
    }
  };
