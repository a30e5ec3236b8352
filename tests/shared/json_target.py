"""A target for programs that run as processes of their own: rows in a JSON file, reconciled by value."""

from __future__ import annotations

SOURCE = """
import json
import cocoindex as coco

def rows_in(data, before=lambda actions: None, after=lambda: None):
    '''Return a provider; `before` and `after` are called around each batch of actions.'''

    def apply(context, actions):
        before(actions)
        rows = json.loads(data.read_text()) if data.exists() else {}
        for key, value in actions:
            if value is None:
                rows.pop(key, None)
            else:
                rows[key] = value
        data.write_text(json.dumps(rows))
        after()

    sink = coco.TargetActionSink.from_fn(apply)

    class Handler:
        def reconcile(self, key, desired, prev, missing, /):
            if coco.is_non_existence(desired):
                return coco.TargetReconcileOutput((key, None), sink, coco.NON_EXISTENCE)
            if not missing and list(prev) == [desired]:
                return None
            return coco.TargetReconcileOutput((key, desired), sink, desired)

    return coco.register_root_target_states_provider("test/rows", Handler())
"""
