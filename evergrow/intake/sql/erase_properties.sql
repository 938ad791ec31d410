-- What others' events say of the person: every property value that holds one of the words.
alter table events update
    properties = CAST(
        mapApply((k, v) -> (k, if(multiSearchAnyCaseInsensitiveUTF8(v, {words:Array(String)}), '[erased]', v)), properties),
        'Map(LowCardinality(String), String)'
    )
where workspace_id = {workspace_id:UInt32}
    and arrayExists(v -> multiSearchAnyCaseInsensitiveUTF8(v, {words:Array(String)}), mapValues(properties))
settings mutations_sync = 2
