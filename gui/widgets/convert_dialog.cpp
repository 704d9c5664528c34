#include "gui/widgets/convert_dialog.h"
#include "gui/engine_bridge.h"
#include "gui/units.h"
#include "gui/widgets/message_bar.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace gui
{

namespace ev = engine::event;

namespace
{
constexpr int kSteps = 1000;
constexpr int kLeastWidth = 480;
} // namespace

ConvertDialog::ConvertDialog(EngineBridge &bridge, const engine::ModelInfo &model, QWidget *parent)
    : QDialog(parent)
    , m_bridge(bridge)
    , m_model(model)
    , m_format(new QComboBox(this))
    , m_type(new QComboBox(this))
    , m_path(new QLineEdit(this))
    , m_browse(new QPushButton(tr("Choose…"), this))
    , m_progress(new QProgressBar(this))
    , m_state(new QLabel(this))
    , m_message(new MessageBar(this, MessageBar::Verb::Below))
    , m_start(new QPushButton(tr("Convert"), this))
    , m_close(new QPushButton(this))
{
    setObjectName(QStringLiteral("convert"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Convert %1").arg(QString::fromStdString(model.name)));
    build();
    connect(m_format, &QComboBox::currentIndexChanged, this, &ConvertDialog::fillTypes);
    connect(m_type, &QComboBox::currentIndexChanged, this, &ConvertDialog::proposePath);
    connect(m_path, &QLineEdit::textEdited, this, [this] {
        m_mayReplace = false;
        updateButtons();
    });
    connect(m_browse, &QPushButton::clicked, this, &ConvertDialog::choosePath);
    connect(m_start, &QPushButton::clicked, this, &ConvertDialog::start);
    connect(m_close, &QPushButton::clicked, this, [this] {
        if (m_job != 0)
            m_bridge.engine().cancel(m_job); // the event ends it
        else
            close();
    });
    connect(&m_bridge, &EngineBridge::eventArrived, this, &ConvertDialog::handle);
    fillTypes();
}

void ConvertDialog::build()
{
    setMinimumWidth(kLeastWidth);
    m_format->setObjectName(QStringLiteral("convert.format"));
    m_format->addItem(tr("safetensors (BlinkDL's names)"), QStringLiteral("safetensors"));
    m_format->addItem(tr("PyTorch .pth"), QStringLiteral("pth"));
    m_format->addItem(tr("GGUF, for llama.cpp"), QStringLiteral("gguf"));
    m_type->setObjectName(QStringLiteral("convert.type"));
    m_path->setObjectName(QStringLiteral("convert.path"));
    m_progress->setObjectName(QStringLiteral("convert.progress"));
    m_progress->setRange(0, kSteps);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Converting"));
    m_progress->hide();
    m_state->setProperty("dim", true);
    m_state->setWordWrap(true);
    m_state->hide();
    m_start->setObjectName(QStringLiteral("convert.start"));
    m_start->setProperty("primary", true);
    m_start->setDefault(true);
    m_close->setObjectName(QStringLiteral("convert.close"));

    auto *file = new QHBoxLayout;
    file->addWidget(m_path, 1);
    file->addWidget(m_browse);
    auto *form = new QFormLayout;
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("&Format"), m_format);
    form->addRow(tr("&Number format"), m_type);
    auto *label = new QLabel(tr("&Write to"), this);
    label->setBuddy(m_path);
    form->addRow(label, file);
    m_format->setAccessibleName(tr("Format"));
    m_type->setAccessibleName(tr("Number format"));
    m_path->setAccessibleName(tr("Write to"));
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_close);
    buttons->addWidget(m_start);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(18, 16, 18, 16);
    column->setSpacing(10);
    column->addLayout(form);
    column->addWidget(m_message);
    column->addWidget(m_progress);
    column->addWidget(m_state);
    column->addStretch(1);
    column->addLayout(buttons);
}

void ConvertDialog::fillTypes()
{
    const QSignalBlocker blocker(m_type);
    m_type->clear();
    m_type->addItem(tr("As in the file (%1)").arg(QString::fromStdString(m_model.dtype)), QString());
    QStringList types = {QStringLiteral("fp32"), QStringLiteral("fp16"), QStringLiteral("bf16")};
    if (m_format->currentData() == QLatin1String("gguf"))
        types << QStringLiteral("q8_0") << QStringLiteral("q4_0");
    for (const QString &type : types)
        m_type->addItem(type, type);
    proposePath();
}

/// Beside the model; the demonstration model's folder belongs to the program.
void ConvertDialog::proposePath()
{
    const QString source = QString::fromStdString(m_model.path);
    const bool isDemo = m_model.path == "demo";
    const QString folder = isDemo ? QDir::homePath() : QFileInfo(source).absolutePath();
    QString name = isDemo ? QStringLiteral("rookery-demo") : QFileInfo(source).completeBaseName();
    if (const QString type = m_type->currentData().toString(); !type.isEmpty())
        name += QLatin1Char('-') + type;
    QString path = folder + QLatin1Char('/') + name + QLatin1Char('.') + m_format->currentData().toString();
    if (path == source)
        path = folder + QLatin1Char('/') + name + QStringLiteral("-converted.") +
               m_format->currentData().toString();
    m_mayReplace = false;
    m_path->setText(QDir::toNativeSeparators(path));
    updateButtons();
}

void ConvertDialog::choosePath()
{
    auto *dialog = new QFileDialog(this, tr("Write the model to"), QFileInfo(m_path->text()).absolutePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(m_format->currentData().toString());
    dialog->selectFile(QFileInfo(m_path->text()).fileName());
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        m_path->setText(path);
        m_mayReplace = true; // it asks before
        updateButtons();
    });
    dialog->open();
}

void ConvertDialog::start()
{
    engine::ConvertSpec spec;
    spec.input = m_model.path;
    spec.output = m_path->text().trimmed().toStdString();
    spec.type = m_type->currentData().toString().toStdString();
    spec.overwrite = m_mayReplace;
    m_message->dismiss();
    m_written.clear();
    m_progress->setValue(0);
    m_state->setText(tr("Waiting for its turn…"));
    m_job = m_bridge.engine().convert(std::move(spec));
    updateButtons();
}

void ConvertDialog::handle(const engine::Event &event)
{
    if (m_job == 0 || engine::jobOf(event) != m_job) return;
    if (const auto *progress = std::get_if<ev::ConvertProgress>(&event)) {
        const double share = progress->total == 0 ? 0 : double(progress->done) / double(progress->total);
        m_progress->setValue(int(share * kSteps));
        m_state->setText(bytesOfText(progress->done, progress->total));
        return;
    }
    m_job = 0;
    if (const auto *done = std::get_if<ev::ConvertDone>(&event)) {
        m_written = QString::fromStdString(done->path);
        m_message->showMessage(
            MessageBar::Kind::Info,
            tr("Written: %n tensors, %1.", nullptr, done->tensors).arg(bytesText(done->bytes)),
            shortPath(m_written));
        Q_EMIT converted(m_written);
    } else if (const auto *failed = std::get_if<ev::Failed>(&event)) {
        m_message->showMessage(MessageBar::Kind::Error,
                               tr("The model could not be converted; nothing was written."),
                               QString::fromStdString(failed->error.message()));
    } else {
        m_message->showMessage(MessageBar::Kind::Info, tr("Cancelled; nothing was written."));
    }
    updateButtons();
}

void ConvertDialog::updateButtons()
{
    const bool isBusy = m_job != 0;
    for (QWidget *choice : {static_cast<QWidget *>(m_format), static_cast<QWidget *>(m_type),
                            static_cast<QWidget *>(m_path), static_cast<QWidget *>(m_browse)})
        choice->setEnabled(!isBusy);
    m_start->setEnabled(!isBusy && !m_path->text().trimmed().isEmpty() && m_bridge.hasEngine());
    m_close->setText(isBusy ? tr("Cancel") : tr("Close"));
    m_progress->setVisible(isBusy);
    m_state->setVisible(isBusy);
}

void ConvertDialog::done(int result)
{
    if (const engine::JobId job = std::exchange(m_job, 0); job != 0) m_bridge.engine().cancel(job);
    QDialog::done(result);
}

} // namespace gui
