# Written by hand: who imported and merged, and what a merge changed of each organisation.

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def part_by_organisation(apps: Any, schema_editor: Any) -> None:
    """Tell of every merge which organisations it changed."""
    run_model = apps.get_model('store', 'MergeRun')
    part_model = apps.get_model('store', 'MergePart')
    source_model = apps.get_model('store', 'NominationSource')
    link_model = apps.get_model('store', 'Link')
    for run in run_model.objects.all():
        codes = {run.organisation} - {''}
        if not codes:
            codes |= set(source_model.objects.filter(merged_in=run).values_list('organisation', flat=True))
            codes |= set(source_model.objects.filter(moves__run=run).values_list('organisation', flat=True))
            codes |= set(link_model.objects.filter(since=run).values_list('organisation', flat=True))
            codes |= set(link_model.objects.filter(until=run).values_list('organisation', flat=True))
        part_model.objects.bulk_create([
            part_model(
                run=run,
                organisation=code,
                result=run.result if run.organisation else {},
                undone_at=run.undone_at,
            )
            for code in sorted(codes)
        ])


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0008_placing'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrun',
            name='by',
            field=models.TextField(blank=True, default=''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='mergerun',
            name='by',
            field=models.TextField(blank=True, default=''),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='job',
            name='kind',
            field=models.CharField(choices=[('read', 'Read'), ('merge', 'Merge')], max_length=16),
        ),
        migrations.CreateModel(
            name='MergePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.CharField(max_length=6)),
                ('result', models.JSONField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.TextField(blank=True)),
                ('run', models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='store.mergerun',
                )),
            ],
        ),
        migrations.AddConstraint(
            model_name='mergepart',
            constraint=models.UniqueConstraint(fields=('run', 'organisation'), name='one_part_per_organisation'),
        ),
        migrations.RunPython(part_by_organisation, migrations.RunPython.noop),
    ]
