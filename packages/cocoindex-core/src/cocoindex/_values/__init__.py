"""Values and their stored forms: canonical fingerprints, serialization, restricted unpickling (layer 2; imports
_keys and errors)."""

from ._call_shape import CallShape as CallShape
from ._call_shape import call_misfit as call_misfit
from ._canonical import canonical_bytes as canonical_bytes
from ._code_bytes import code_bytes as code_bytes
from ._deserialize import deserialize as deserialize
from ._deserialize import make_deserializer as make_deserializer
from ._fingerprint import Fingerprint as Fingerprint
from ._fingerprint import fingerprint as fingerprint
from ._fingerprint import memo_fingerprint as memo_fingerprint
from ._hash16 import fast_hash16 as fast_hash16
from ._hash16 import hash16 as hash16
from ._hints import param_hint as param_hint
from ._hints import return_hint as return_hint
from ._hints import state_hint as state_hint
from ._hints import tracking_record_hint as tracking_record_hint
from ._made_of import made_of as made_of
from ._memo_keys import NotMemoKeyable as NotMemoKeyable
from ._memo_keys import register_memo_key_function as register_memo_key_function
from ._memo_keys import register_not_memo_keyable as register_not_memo_keyable
from ._memo_state_outcome import MemoStateOutcome as MemoStateOutcome
from ._module_name import adopt_main as adopt_main
from ._module_name import meet_main as meet_main
from ._module_name import module_name as module_name
from ._non_existence import NON_EXISTENCE as NON_EXISTENCE
from ._non_existence import NonExistenceType as NonExistenceType
from ._non_existence import is_non_existence as is_non_existence
from ._restricted_pickle import serialize_by_pickle as serialize_by_pickle
from ._restricted_pickle import unpickle_safe as unpickle_safe
from ._serialize import serialize as serialize
from ._state_ref import StateRef as StateRef
from ._stored_type import StoredType as StoredType
from ._stored_type import stored_type as stored_type
from ._type_identity import register_memo_type as register_memo_type
